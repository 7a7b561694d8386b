// Where the parts of the steps stand: the loss as two bars, what the model draws, and the map; beside them the hands.

export const STYLE = `
.lb-steps { --picture: 29rem }
.lb-steps > .lb-picture { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.8rem }
.lb-steps :is(.lb-costs, .lb-draws) { grid-area: auto }
.lb-steps .lb-draws { grid-template-columns: minmax(0, 1fr); gap: 0.2rem }
.lb-steps svg text { font-size: 15px }
.lb-steps .lb-costs > :first-child > :is(.lb-bar-axis, .lb-bar-marks) { display: none } /* both bars have one axis */
.lb-steps .lb-bar-marks { height: 0.2rem }
.lb-steps .lb-when { color: var(--lb-muted) }
.lb-steps .lb-bar-labels > .lb-when { padding-left: 0 }
.md-typeset .lb-steps .lb-run { margin: 0 }
.md-typeset .lb-steps .lb-run .lb-tool { min-width: 0; padding-inline: 0.6rem }
.md-typeset .lb-steps .lb-then { order: 1; margin: 0 }
.lb-steps .lb-so-far { flex-basis: 100% }
.md-typeset .lb-steps .lb-tool.lb-small { padding: 0; border: 0; background: none; box-shadow: none; color: var(--lb-muted); font-size: 0.7rem; text-decoration: underline; text-underline-offset: 0.16em }
.md-typeset .lb-steps .lb-tool.lb-small:disabled { text-decoration: none }
@media (prefers-reduced-motion: no-preference) {
  .lb-steps .lb-track > i { transition: left 0.3s, width 0.3s }
}
@media screen and (min-width: 30rem) {
  .lb-steps .lb-map { display: grid; grid-template-columns: minmax(0, 7fr) minmax(0, 6fr); gap: 1rem; align-items: end }
}
`;
