// The look of one code and what comes out of it: it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-one-code { --picture: 19rem; --hand: var(--lb-ink); --kept: 10rem }
.lb-one-code svg[role="img"] { max-width: 100%; height: auto }
.lb-one-code output { font-weight: 600 }
.lb-one-code .lb-buttons { margin-block: 0.4rem }
.lb-one-code .lb-buttons button { padding-inline: 0.5rem }
.lb-one-code .lb-given { display: flex; gap: 0.8rem; align-items: center; margin-bottom: 0.6rem }
.lb-one-code .lb-pixels { flex: 0 0 3rem }
@media (prefers-reduced-motion: no-preference) { .lb-one-code .lb-slides path { transition: d 0.8s } }
@media screen and (min-width: 44rem) {
  .lb-one-code [role="img"] + p { min-height: 4.2em }
}
`;
