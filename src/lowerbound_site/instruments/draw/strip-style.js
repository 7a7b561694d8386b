// The look of the strip that is sorted in two ways: squares, slots and totals share a screen.

export const STYLE = `
.lb-sorted { display: grid; gap: 0.5rem 0.7rem; font-size: 0.8rem }
.lb-sorted > :is(p, div, fieldset, details) { margin: 0 }
.lb-sorted > * { min-width: 0 }
.lb-sorted .lb-choice { display: flex; flex-wrap: wrap; align-items: center; gap: 0 0.8rem }
.lb-sorted .lb-choice legend { float: left; font-size: inherit; color: inherit }
@media screen and (min-width: 60rem) {
  .lb-sorted { grid-template-columns: minmax(0, 30rem) minmax(0, 4rem) minmax(0, 1fr); align-items: start }
  .lb-sorted > * { grid-column: 1 / -1 }
  .lb-sorted > .lb-beside { display: grid; grid-template-columns: 1fr 1fr; grid-area: 2 / 1 / 3 / 3 }
  .lb-sorted > .lb-predict { grid-area: 2 / 3 / 4 / 4 }
  .lb-sorted > .lb-sort { grid-area: 3 / 1 / 4 / 3 }
  .lb-sorted > .lb-strip { grid-area: 4 / 1 / 5 / 2; grid-template-columns: repeat(6, 1fr) }
  .lb-sorted > .lb-totals { grid-area: 4 / 2 / 5 / 4; align-self: center }
}
`;
