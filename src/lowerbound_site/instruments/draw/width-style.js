// The look of the width and the steepness: it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-widths { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.5rem 1.5rem; font-size: 0.8rem }
.lb-widths button:not(.lb-tool) { padding-inline: 0.5rem; font-size: 0.75rem }
.lb-widths .lb-costs, .lb-widths .lb-readings { grid-area: auto }
.lb-widths .lb-pixels svg { outline: 0 }
.lb-line-of-codes > svg, .lb-widths .lb-readings > svg { width: 100%; height: auto }
.lb-drawn { display: grid; grid-template-columns: 2fr 7fr; align-items: end }
.lb-widths .lb-readings p { margin-block: 0 0.3rem }
.lb-widths .lb-tools .lb-tool { margin-left: 0.8rem; margin-right: 0 }
.lb-map .lb-plane { max-width: 22rem; margin: 0.5rem 0 1.5rem 1.1rem }
.lb-map .lb-pixels { max-width: 10rem; align-content: start }
@media screen and (min-width: 44rem) {
  .lb-widths { grid-template: "predict predict" "costs costs" "hands hands" "walk readings" "drawn readings" "more more" / minmax(0, 3fr) minmax(0, 2fr) }
  .lb-widths > .lb-predict { grid-area: predict }
  .lb-widths > .lb-costs { grid-area: costs }
  .lb-widths > .lb-hands { grid-area: hands; grid-template-columns: 1fr 1fr auto; gap: 0 1.5rem }
  .lb-line-of-codes { grid-area: walk }
  .lb-drawn { grid-area: drawn }
  .lb-widths > .lb-readings { grid-area: readings }
  .lb-more { grid-area: more }
  .lb-map > div { display: grid; grid-template-columns: minmax(0, 23rem) 1fr; gap: 0 1rem }
}
@media screen and (min-width: 44rem) and (scripting: enabled) {
  .lb-widths > .lb-hands { display: grid }
}
`;
