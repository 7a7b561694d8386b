// The look of the joint KL cut in two ways: the columns and the bars stand above the squares, the slots are unfolded below.

export const STYLE = `
.lb-sorted { display: grid; gap: 0.5rem 0.7rem; font-size: 0.8rem }
.lb-sorted > :is(p, div, fieldset, details) { margin: 0 }
.lb-sorted > * { min-width: 0 }
.md-typeset .lb-sorted .lb-main { min-height: 44px; margin: 0 0 0.8rem; font-weight: 600 }
.lb-sorted .lb-totals { max-width: 26rem }
.lb-sorted .lb-totals svg { width: 100% }
@media screen and (min-width: 60rem) {
  .lb-sorted { grid-template-columns: repeat(2, minmax(0, 26rem)); align-items: center }
  .lb-sorted > :not(.lb-totals) { grid-column: 1 / -1 }
  .lb-sorted .lb-beside { display: grid; grid-template-columns: repeat(2, minmax(0, 20rem)) }
}
`;
