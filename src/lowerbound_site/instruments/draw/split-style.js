// The look of a picture with one column beside it: the question, what came true, hands and numbers. On a phone the
// question stands above the picture, and what is read off it below.

export const STYLE = `
.lb-split { display: grid; gap: 0.6rem 1.6rem; align-items: start; grid-template-columns: minmax(0, 1fr); font-size: 0.8rem }
.lb-split > .lb-column { display: grid; gap: 0.6rem }
.lb-split .lb-plane { margin: 0 0 1.4rem 1.1rem }
.lb-split .lb-predict > .lb-verdict { min-height: 0 }
.lb-split .lb-done .lb-answers { display: none } /* the verdict takes their room */
@media screen and (max-width: 43.99rem) {
  .lb-split > .lb-column { display: contents }
  .lb-split > *, .lb-column > * { order: 1 }
  .lb-column > * { order: 2 }
  .lb-column > :is(.lb-predict, .lb-choice, .lb-slider) { order: 0 }
  .lb-split > .lb-tools { order: 3 }
  .lb-split .lb-predict { min-height: var(--asked, 0); align-content: start } /* so that no hand below it moves */
}
@media screen and (min-width: 44rem) {
  .lb-split { grid-template-columns: minmax(0, var(--picture, 21rem)) minmax(0, 1fr) }
  .lb-live.lb-predict:is(.lb-split *):not([hidden]) { min-height: 11em; align-content: start }
}
`;
