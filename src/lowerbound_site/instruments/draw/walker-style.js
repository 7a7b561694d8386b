// The look of walks and noise on a map: it comes with the instruments, as no other page needs it.

export const STYLE = `
.lb-walker { --picture: 21rem }
:is(.lb-walker, .lb-noisy) { --hand: var(--lb-p) }
.lb-walker .lb-plane + .lb-pixels { margin: -0.2rem 0 0.6rem 1.1rem }
.lb-walker .lb-rest { color: var(--lb-muted) }
.lb-walker .lb-do { color: var(--lb-ink) }
.lb-walker .lb-choice legend { float: none; line-height: 1.4 }
.lb-walker .lb-you::before { inset: 11px }
:is(.lb-walker, .lb-noisy) .lb-pixels svg { outline: 0 }
.lb-framed { stroke: var(--lb-ink); stroke-width: 1.5px }
.lb-noisy { --picture: 31rem; --kept: 16.8rem }
.lb-noisy > .lb-picture { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem }
.lb-noisy .lb-plane { margin-block: 0.3rem 1.4rem }
.lb-nine { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; margin: 0 0 0.5rem 1.1rem; color: var(--lb-muted) }
.lb-made { display: grid; grid-template-columns: 4rem 1fr; gap: 1rem; align-items: end }
.lb-noisy .lb-tick { background: var(--lb-p); opacity: 1; height: 100% }
.lb-half > :is(p, .lb-track) { margin-left: 1.1rem }
.lb-half > .lb-track { height: 12px }
.lb-half > .lb-track > i { display: block }
.lb-codes-of { stroke: var(--lb-q); stroke-width: 4.5px; stroke-linecap: round; stroke-opacity: 0.6 }
.lb-noisy .lb-codes-of { stroke-width: 3.5px }
.lb-way { stroke: var(--lb-ink); stroke-width: 2px }
.lb-way-stops { stroke: var(--lb-ink); stroke-width: 7px; stroke-linecap: round }
.lb-noisy .lb-way-stops { stroke-width: 5px }
.lb-way-start { fill: var(--lb-paper); stroke: var(--lb-ink); stroke-width: 2px }
@media screen and (min-width: 44rem) {
  .lb-walker .lb-told { min-height: 4.2em }
  .lb-walker > .lb-rest > .lb-pixels { max-width: 16rem }
}
`;
