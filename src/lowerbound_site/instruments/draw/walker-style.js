// The look of walks on a map: it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-walker { display: grid; grid-template: "ask ask" "left left" "you told" "map map" "strip strip" "legend legend" "tools tools" / 6rem minmax(0, 1fr); gap: 0.5rem 1rem }
.lb-walker > .lb-asked { display: grid; grid-area: ask; gap: 0.5rem; font-size: 0.8rem }
.md-typeset .lb-walker .lb-main { margin: 0.2rem 0 0 }
.lb-walker > .lb-left { grid-area: left }
.lb-walker > .lb-pixels { grid-area: you; align-content: start; color: var(--lb-muted) }
.lb-walker > .lb-told { display: grid; grid-area: told; gap: 0.5rem; align-content: start; font-size: 0.8rem }
.lb-walker > .lb-plane { grid-area: map; margin: 0 0 1.2rem 1.1rem }
.lb-walker > .lb-passed { grid-area: strip }
.lb-walker > .lb-legend { grid-area: legend }
.lb-walker > .lb-tools { grid-area: tools }
.lb-walker .lb-passed svg { outline: 0 }
.lb-walker .lb-handle::before { background: var(--lb-p) }
.lb-walker .lb-you::before { inset: 11px }
.lb-codes-of { stroke: var(--lb-q); stroke-width: 4.5px; stroke-linecap: round; stroke-opacity: 0.6 }
.lb-way { stroke: var(--lb-ink); stroke-width: 2px }
.lb-way-stops { stroke: var(--lb-ink); stroke-width: 7px; stroke-linecap: round }
.lb-way-start { fill: var(--lb-paper); stroke: var(--lb-ink); stroke-width: 2px }
@media screen and (min-width: 44rem) {
  .lb-walker { grid-template: "ask ask" "left left" "map you" "map told" "map legend" 1fr "strip strip" "tools tools" / minmax(0, 20rem) minmax(0, 1fr) }
  .lb-walker > .lb-pixels { width: 8rem }
}
`;
