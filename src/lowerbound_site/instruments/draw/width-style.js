// The look of the width and the steepness: it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-widths { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.5rem 1.5rem; font-size: 0.8rem }
.lb-widths button:not(.lb-tool) { padding-inline: 0.5rem; font-size: 0.75rem }
.lb-widths .lb-costs, .lb-widths .lb-readings { grid-area: auto }
.lb-widths .lb-pixels svg { outline: 0 }
.lb-line-of-codes > svg, .lb-widths .lb-readings > svg { width: 100%; height: auto }
.lb-widths > .lb-plane { margin: 0 0 1.5rem 1.1rem }
.lb-drawn { display: grid; grid-template-columns: repeat(2, minmax(0, 9rem)); gap: 0.4rem 1.5rem; align-content: start }
.lb-drawn > :is(p, :last-child) { grid-column: 1 / -1 }
.md-typeset .lb-drawn > p, .lb-widths .lb-readings p { margin-block: 0 0.3rem }
.lb-widths .lb-tools .lb-tool { margin-left: 0.8rem; margin-right: 0 }
@media screen and (min-width: 44rem) {
  .lb-widths { grid-template: "predict predict" "costs costs" "hands hands" "plane drawn" "more more" / minmax(0, 23rem) minmax(0, 1fr) }
  .lb-widths > .lb-predict { grid-area: predict }
  .lb-widths > .lb-costs { grid-area: costs }
  .lb-widths > .lb-hands { grid-area: hands; grid-template-columns: 1fr auto; gap: 0 1.5rem; max-width: 30rem }
  .lb-widths > .lb-plane { grid-area: plane }
  .lb-drawn { grid-area: drawn; align-content: center }
  .lb-more { grid-area: more }
  .lb-two { display: grid; grid-template-columns: 3fr 2fr; gap: 0 1.5rem }
}
@media screen and (min-width: 44rem) and (scripting: enabled) {
  .lb-widths > .lb-hands { display: grid }
}
`;
