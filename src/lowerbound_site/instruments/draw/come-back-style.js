// The look of a code and what comes back: it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-back { display: grid; align-items: start; gap: 0.6rem 1.6rem; grid-template-columns: minmax(0, 1fr); font-size: 0.8rem }
.lb-back .lb-plane { margin: 0 0 1.4rem 1.1rem }
.lb-back .lb-count { font-size: 1rem; font-weight: 600 }
.lb-back .lb-trio { display: grid; grid-template-columns: repeat(3, minmax(0, 8rem)); gap: 1rem; align-items: end; margin-bottom: 0.8rem }
@media screen and (min-width: 44rem) {
  .lb-back { grid-template-columns: minmax(0, 21rem) minmax(0, 1fr) }
  .lb-back > .lb-predict { grid-column: 1 / -1 }
}
`;
