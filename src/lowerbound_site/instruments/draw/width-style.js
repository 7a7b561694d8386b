// The look of the width and the steepness: it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-inspect.lb-widths { grid-template: "predict predict" "costs costs" "hands hands" "draw side" "walk walk" "readings readings" "plane plane" "more more" / minmax(0, 1fr) minmax(0, 1fr) }
.lb-widths .lb-hands { grid-area: hands }
.lb-widths .lb-line-of-codes { grid-area: walk; max-width: 21rem }
.lb-widths .lb-line-of-codes .lb-pixels { width: 100%; max-width: none }
.lb-widths .lb-line-of-codes > svg, .lb-widths .lb-readings > svg { width: 100%; max-width: 21rem; height: auto }
.lb-widths .lb-readings p { margin-block: 0 0.3rem }
.lb-widths .lb-more { grid-area: more }
@media screen and (min-width: 44rem) {
  .lb-inspect.lb-widths { grid-template: "predict predict predict" "costs costs costs" "hands hands hands" "plane draw side" "plane walk walk" "plane readings readings" 1fr "more more more" / minmax(0, 25rem) 10rem minmax(5rem, 1fr) }
  .lb-widths .lb-hands { display: grid; grid-template-columns: 1fr 1fr; gap: 0 2rem }
}
`;
