// The look of a training on one part alone: it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-alone { display: grid; gap: 0.6rem 1.6rem; grid-template-columns: minmax(0, 1fr); font-size: 0.8rem }
.lb-alone > * { min-width: 0 }
.md-typeset .lb-alone > :is(p, div, fieldset) { margin: 0 }
.lb-alone .lb-run { display: flex; flex-wrap: wrap; gap: 0.4rem 0.8rem; align-items: center }
.md-typeset .lb-alone .lb-run > * { margin: 0 }
.lb-alone .lb-run > label { flex: 1 1 9rem; flex-wrap: nowrap }
.lb-alone .lb-run input { min-width: 0 }
.md-typeset .lb-alone .lb-main { min-width: 6.5rem; min-height: 44px; font-weight: 600 }
.lb-alone .lb-map svg { width: 100%; max-width: 19rem }
.lb-alone .lb-map .lb-legend { min-height: 3lh }
.lb-alone .lb-seen svg { display: block; width: 100%; max-width: 24rem }
.lb-alone .lb-seen .lb-legend { margin-top: 0.5rem }
.lb-alone .lb-legend + svg:not(.lb-picture-row) { margin-top: 0.3rem }
.lb-alone .lb-picture-row { display: block; image-rendering: pixelated }
@media screen and (min-width: 44rem) {
  .lb-alone { grid-template-columns: minmax(0, 19rem) minmax(0, 1fr) }
  .lb-alone > :not(.lb-run, .lb-map, .lb-seen) { grid-column: 1 / -1 }
  .lb-alone > :is(.lb-run, .lb-map) { grid-column: 1 }
  .lb-alone > .lb-seen { grid-area: 3 / 2 / span 2 }
}
`;
