// The look of the plane with any ellipse: it comes with the instrument, as no other page needs it.
//
// What is drawn stands beside the bar that it changes, and the image itself is not shown twice; where there is room, the
// grid keeps its place when a verdict comes. The button that leads on to the next question stands below the verdict. On a
// phone the reader who answers for the encoder (lb-floor) has the map right below the bar. (These are no comments of the
// style, as that would be sent.)

export const STYLE = `
.lb-fitting { display: grid; grid-template: "ask" "costs" "plane" "side" "more" / minmax(0, 1fr); gap: 0.6rem 1rem; font-size: 0.8rem }
.lb-fitting:has(.lb-own:is(div, [open])) { grid-template-areas: "ask" "costs" "more" "plane" "side" }
.lb-fitting:has(.lb-own:is(div, [open])) .lb-side > :first-child { display: none }
.lb-fitting .lb-ask { grid-area: ask }
.lb-fitting .lb-ask > button { align-self: start }
.lb-fitting .lb-ask > button:first-of-type { order: 2 }
.lb-fitting .lb-plane { grid-area: plane; margin: 0 0 1rem 1.1rem }
.lb-fitting .lb-side { grid-template-columns: repeat(2, minmax(0, 6rem)) auto; align-items: end; justify-items: start }
.lb-fitting .lb-side .lb-pixels { width: 100% }
.lb-fitting .lb-predict > .lb-verdict { min-height: 0 }
.lb-fitting .lb-costs .lb-legend { margin-top: 0.2rem }
.lb-fitting .lb-more { grid-area: more }
.lb-fitting .lb-loss .lb-bar-marks { height: 1.1rem }
.lb-fitting .lb-was { width: auto; height: 1rem; padding-left: 0.3em; border-left: 2px solid var(--lb-ink); background: none; opacity: 1; line-height: 1.1rem; font-style: normal }
.md-typeset .lb-fitting details { margin: 0; padding-block: 0; font-size: inherit }
.md-typeset .lb-fitting details + details { border-top: 0 }
.md-typeset .lb-fitting summary { min-height: 44px; padding-block: 0; align-content: center; font: inherit; font-weight: 600 }
.lb-fitting details > * + * { margin-top: 0.5rem }
.lb-fitting details svg[role="img"] { max-width: 100%; height: auto }
.md-typeset .lb-fitting details .lb-legend { margin-top: 0.6rem }
.lb-fitting .lb-own .lb-pixels { max-width: 14rem }
.lb-fitting .lb-numbers label:not(.lb-slider) { display: inline-flex; gap: 0.3rem; align-items: center; margin-right: 0.6rem }
.lb-fitting .lb-numbers input[type="number"] { width: 4.4rem; min-height: 44px; border: 1px solid var(--lb-rule-strong); background: var(--lb-paper); color: var(--lb-ink); font: inherit }
.lb-fitting .lb-numbers input { accent-color: var(--lb-q) }
@media screen and (max-width: 43.99rem) {
  .lb-fitting.lb-floor.lb-floor { grid-template-areas: "ask" "costs" "plane" "side" "more" }
}
@media print { .lb-fitting > .lb-ask { display: none } }
@media screen and (min-width: 44rem) {
  .lb-fitting { grid-template: "costs costs" "plane ask" "plane side" "plane more" 1fr / minmax(0, 25rem) minmax(0, 1fr) }
  .lb-fitting:has(.lb-own:is(div, [open])) { grid-template: "costs costs costs" "plane ask ask" "plane more side" 1fr / minmax(0, 25rem) minmax(0, 1fr) 6rem }
  .lb-fitting:has(.lb-own:is(div, [open])) .lb-side { grid-template-columns: minmax(0, 1fr); align-content: start }
}
@media screen and (min-width: 60rem) {
  .lb-fitting:has(.lb-own:is(div, [open])) { grid-template: "costs costs costs" "plane more ask" 1fr "plane more side" / minmax(0, 17rem) 11rem minmax(0, 1fr) }
  .lb-fitting:has(.lb-own:is(div, [open])) .lb-side { grid-template-columns: 5rem auto; align-items: end }
  .lb-fitting:has(div.lb-own) .lb-ask { min-height: 17rem }
}
`;
