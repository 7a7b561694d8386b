// The look of one code and what comes out of it: it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-one-code { display: grid; align-items: start; gap: 0.6rem 1.6rem; grid-template-columns: minmax(0, 1fr); font-size: 0.8rem }
.lb-one-code .lb-plane { margin: 0 0 1.4rem 1.1rem }
.lb-one-code svg[role="img"] { max-width: 100%; height: auto }
.lb-one-code output { font-weight: 600 }
.lb-one-code .lb-buttons { margin-block: 0.4rem }
.lb-one-code .lb-buttons button { padding-inline: 0.5rem }
.lb-one-code .lb-given { display: flex; gap: 0.8rem; align-items: center; margin-bottom: 0.6rem }
.lb-one-code .lb-pixels { flex: 0 0 3rem }
@media (prefers-reduced-motion: no-preference) { .lb-one-code .lb-slides path { transition: d 0.8s } }
@media screen and (min-width: 44rem) {
  .lb-one-code { grid-template: "map ask" auto "map rest" 1fr / minmax(0, 19rem) minmax(0, 1fr) }
  .lb-one-code > .lb-column { grid-area: ask; min-height: 10rem } /* with its verdict it is as high */
  .lb-one-code > :nth-of-type(2) { grid-area: map }
  .lb-one-code > :nth-of-type(3) { grid-area: rest }
  .lb-one-code [role="img"] + p { min-height: 4.2em }
}
`;
