// The look of the joint KL cut in two ways: the staircase, and beside it what moves it.

export const STYLE = `
.lb-sorted { display: grid; gap: 0.5rem 1.4rem; font-size: 0.8rem }
.lb-sorted > :is(p, div), .md-typeset .lb-sorted > details { margin: 0 }
.lb-sorted > * { min-width: 0 }
.lb-sorted .lb-totals > svg { width: 100%; max-width: 29rem }
.md-typeset .lb-sorted .lb-totals > p { margin: 0.3rem 0 0 }
.md-typeset .lb-sorted .lb-main { margin: 0 0 0.6rem }
.lb-sorted .lb-done > :not(.lb-verdict) { display: none }
.lb-sorted .lb-done > .lb-verdict { min-height: 0 }
.lb-cut-names { font-size: 0.75rem }
.lb-sorted .lb-cut-names ~ div { margin-top: 0.5rem }
@media screen and (min-width: 60rem) {
  .lb-sorted { grid-template-columns: 29rem minmax(0, 1fr); align-items: start }
  .lb-sorted > :not(.lb-totals) { grid-column: 1 / -1 }
}
`;
