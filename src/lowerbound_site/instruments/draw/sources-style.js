// The look of a code and the images that may have sent it: it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-senders { display: grid; gap: 0.6rem 1.6rem; grid-template-columns: minmax(0, 1fr); font-size: 0.8rem }
.lb-senders .lb-plane { margin: 0 0 1.4rem 1.1rem }
.lb-senders .lb-pixels svg { outline: 0 }
.lb-senders .lb-shares { display: grid; grid-template-columns: repeat(5, 1fr); text-align: center; margin-bottom: 0.8rem }
.lb-senders .lb-pair { display: grid; grid-template-columns: repeat(2, minmax(0, 8rem)); gap: 1.5rem; align-items: end; margin-bottom: 0.6rem }
@media screen and (min-width: 44rem) {
  .lb-senders { grid-template-columns: minmax(0, 21rem) minmax(0, 1fr) }
  .lb-senders > .lb-predict { grid-column: 1 / -1 }
}
`;
