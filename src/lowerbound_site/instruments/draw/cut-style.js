// The look of a loss cut in two places: the bars above, the map at the left, and beside it what is asked, pressed and said.

export const STYLE = `
.lb-cutting { display: grid; grid-template: "ask" "costs" "more" "plane" "side" / minmax(0, 1fr); gap: 0.6rem 1.2rem; font-size: 0.8rem }
.lb-cutting .lb-ask { grid-area: ask }
.lb-cutting .lb-order { display: grid; gap: 0.6rem; justify-items: start }
.lb-cutting .lb-order > .lb-predict.lb-live.lb-live { display: contents } /* what is pressed stands between the question and the verdict */
.lb-cutting .lb-order > .lb-slider { justify-self: stretch }
.lb-cutting .lb-verdict { order: 1; width: 100%; min-height: 4.8em }
.lb-cutting .lb-predict > .lb-verdict:empty { position: static; min-height: 4.8em; opacity: 0 } /* its room is kept: nothing moves when it comes */
.lb-cutting .lb-plane { grid-area: plane; margin: 0 0 1rem 1.1rem; cursor: default }
.lb-cutting .lb-island { opacity: 0; transition: opacity 0.9s }
.lb-cutting .lb-island.lb-shown { opacity: 1 }
.lb-cutting .lb-side { grid-template-columns: minmax(0, 4.4rem) 1fr; align-items: end; justify-items: start }
.lb-cutting .lb-more { grid-area: more }
.lb-cutting .lb-side > .lb-pixels { width: 100% }
.lb-cutting .lb-more > p:last-child { min-height: 3lh }
.lb-cutting:not(.lb-cut-once) .lb-code { visibility: hidden } /* its room is kept */
.lb-code > p { margin-block: 0 0.3rem }
.lb-side > .lb-code { grid-column: 1 / -1; display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem; width: 100% }
.lb-cutting .lb-code > .lb-slider { flex-wrap: nowrap }
.lb-code input { min-width: 0 }
.lb-grey { color: var(--lb-muted) }
.lb-cutting .lb-track > .lb-crossed { box-sizing: border-box; border-inline: 2px solid var(--lb-paper); color: var(--lb-paper); font-style: normal; font-weight: 600; line-height: 28px; text-align: center }
.lb-cutting .lb-track > i { transition: opacity 0.9s }
.lb-cutting .lb-unneeded .lb-track > i { opacity: 0.22 }
.lb-cutting .lb-costs > :first-child > :is(.lb-bar-axis, .lb-bar-marks) { display: none } /* both bars have one axis */
.lb-cutting .lb-bar-marks { height: 0.2rem }
.lb-cutting .lb-prior-ring { stroke: var(--lb-p); stroke-width: 1.2px; stroke-dasharray: 2 4 }
.lb-cutting .lb-track, .lb-cutting .lb-track > b { height: 28px; line-height: 28px }
.lb-cutting .lb-costs > * + * { margin-top: 0.2rem }
@media (prefers-reduced-motion: no-preference) {
  .lb-slides .lb-crossed { animation: lb-come 0.6s 1.6s backwards }
  @keyframes lb-come { from { opacity: 0 } }
  .lb-cutting .lb-slides .lb-track > i { transition: left 1.6s, width 1.6s, background-color 1.6s }
}
@media (prefers-reduced-motion: reduce) {
  .lb-cutting :is(.lb-island, .lb-track > i) { transition: none }
}
@media screen and (min-width: 44rem) {
  .lb-cutting { grid-template: "costs costs" "plane ask" "plane more" "side more" 1fr / minmax(0, 19rem) minmax(0, 1fr) } /* all in one view of 900 px */
  .lb-cutting:not(:has(.lb-side)) { grid-template-columns: minmax(0, 17rem) minmax(0, 1fr) } /* a dot needs a smaller map */
}
`;
