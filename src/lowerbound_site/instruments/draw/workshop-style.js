// The look of the workshop: it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-workshop { container-type: inline-size; font-size: 0.78rem; line-height: 1.4 }
.lb-workshop svg text { font-size: 12px; fill: var(--lb-muted) }
.lb-workshop :is(.lb-presets, .lb-run) { display: flex; flex-wrap: wrap; gap: 0.4rem; align-items: center; margin: 0.5rem 0 }
.md-typeset .lb-workshop .lb-tool { min-height: 44px; margin: 0; padding: 0 0.8rem; text-decoration: none; border: 1px solid var(--lb-rule-strong); border-radius: 3px; background: var(--lb-paper); color: var(--lb-ink); font: inherit; cursor: pointer }
.md-typeset .lb-workshop .lb-tool:hover:enabled { border-color: var(--lb-ink) }
.md-typeset .lb-workshop .lb-tool:focus-visible, .lb-workshop :is(select, input, summary):focus-visible { outline: 2px solid var(--lb-p); outline-offset: 2px }
.md-typeset .lb-workshop .lb-tool[aria-pressed="true"], .md-typeset .lb-workshop .lb-main { border-color: var(--lb-ink); box-shadow: inset 0 0 0 1px var(--lb-ink) }
.md-typeset .lb-workshop .lb-tool:disabled { border-style: dashed; color: var(--lb-muted); cursor: default }
.md-typeset .lb-workshop .lb-main { min-width: 6rem; font-weight: 600 }
.lb-workshop .lb-so-far { color: var(--lb-muted) }
.md-typeset .lb-workshop .lb-predict { margin: 0.6rem 0 }
.lb-workshop .lb-panes { display: grid; gap: 0.8rem 1.4rem; margin: 0.6rem 0 }
@container (min-width: 640px) { .lb-workshop .lb-panes { grid-template-columns: 1fr 1fr } }
.lb-workshop .lb-moment { display: grid; gap: 0.8rem 1.2rem; margin: 0.6rem 0 }
.lb-workshop .lb-moment > .lb-image { margin-top: 0 }
@container (min-width: 640px) { .lb-workshop .lb-moment { grid-template-columns: minmax(0, 7fr) minmax(0, 8fr) } .lb-workshop .lb-moment > .lb-image { grid-column: 2 } }
@container (min-width: 860px) {
  .lb-workshop .lb-moment { grid-template-columns: minmax(0, 7fr) minmax(0, 8fr) auto }
  .lb-workshop .lb-moment > .lb-image { grid-column: 3; flex-direction: column; gap: 0.4rem }
  .lb-workshop .lb-moment > .lb-image:has(.lb-places) { flex-flow: row wrap; align-content: start; width: 9rem }
  .lb-workshop .lb-image:has(.lb-places) figure:not(:has(.lb-places)) { width: 4.3rem }
  .lb-workshop .lb-image:has(.lb-places) .lb-decoded:not(.lb-places) { width: 4.3rem; height: 4.3rem }
}
.lb-workshop :is(.lb-codes, .lb-training-curves, .lb-cost-bars) { display: block; width: 100%; height: auto; overflow: visible }
.lb-workshop .lb-codes { overflow: hidden }
.lb-workshop .lb-ground { fill: var(--lb-tint); stroke: var(--lb-rule) }
.lb-workshop svg .lb-numerals { fill: none; stroke: var(--lb-ink); stroke-opacity: 0.75; stroke-width: 0.9 }
.lb-workshop .lb-prior { fill: none; stroke: var(--lb-muted); stroke-dasharray: 2 4 }
.lb-workshop .lb-posterior { fill: none; stroke: var(--lb-p); stroke-width: 1.5 }
.lb-workshop .lb-q-outline { fill: none; stroke: var(--lb-q); stroke-width: 2.5; paint-order: stroke }
.lb-workshop svg :is(.lb-name-p, .lb-name-q) { font-size: 13px; font-weight: 600; paint-order: stroke; stroke: var(--lb-tint); stroke-width: 3px }
.lb-workshop svg .lb-name-p { fill: var(--lb-p) }
.lb-workshop svg .lb-name-q { fill: var(--lb-q) }
.lb-workshop svg .lb-name-gap { fill: var(--lb-gap) }
.lb-workshop svg .lb-name-loss { fill: var(--lb-ink) }
.lb-workshop .lb-ticks path, .lb-workshop .lb-axis { fill: none; stroke: var(--lb-rule-strong) }
.lb-workshop .lb-training-curves path { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round }
.lb-workshop .lb-training-curves .lb-axis { stroke-width: 1 }
.lb-workshop .lb-training-curves .lb-line-loss { stroke: var(--lb-ink) }
.lb-workshop .lb-training-curves .lb-line-p { stroke: var(--lb-p); stroke-dasharray: 6 3 }
.lb-workshop .lb-training-curves .lb-line-gap { stroke: var(--lb-gap) }
.lb-workshop .lb-training-curves .lb-gap-area { fill: var(--lb-gap); fill-opacity: 0.3 }
.lb-workshop .lb-training-curves .lb-now { stroke: var(--lb-muted); stroke-width: 1; stroke-dasharray: 2 2 }
.lb-workshop .lb-epoch { display: grid; grid-template-columns: auto 1fr auto; gap: 0.6rem; align-items: center; flex: 1 1 10rem; min-height: 44px }
.lb-workshop .lb-epoch input { width: 100% }
.lb-workshop .lb-image { display: flex; flex-wrap: wrap; gap: 0.8rem; align-items: start; margin-top: 0.5rem }
.md-typeset .lb-workshop .lb-image figure { margin: 0 }
.lb-workshop .lb-image figure:not(.lb-own) { width: 6rem }
.md-typeset .lb-workshop .lb-image figcaption { margin: 0.2rem 0 0; font-size: 0.64rem; line-height: 1.3; text-align: center }
.lb-workshop .lb-decoded { display: block; width: 6rem; height: 6rem; border: 1px solid var(--lb-rule-strong); fill: var(--lb-ink) }
.lb-workshop .lb-image figure:has(.lb-places) { width: 9rem }
.lb-workshop .lb-places { width: 9rem; height: 9rem }
.lb-workshop .lb-own { width: 7.2rem }
.md-typeset .lb-workshop .lb-presets small { color: var(--lb-muted); font-size: 0.85em; opacity: 1 }
.lb-workshop .lb-draws { display: grid; gap: 0.4rem 1.4rem; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); color: var(--lb-muted) }
.lb-workshop .lb-draws svg { display: block; width: 100% }
.lb-workshop .lb-place { display: grid; grid-template-columns: auto 1fr; gap: 0.3rem; align-items: center; font-size: 0.64rem }
.lb-workshop .lb-cost-surprise { fill: var(--lb-p); fill-opacity: 0.75 }
.lb-workshop .lb-cost-gap { fill: var(--lb-gap) }
.lb-workshop .lb-cost-reconstruction { fill: var(--lb-muted); fill-opacity: 0.6 }
.lb-workshop .lb-cost-kl { fill: var(--lb-q) }
.lb-workshop .lb-cross { stroke: var(--lb-ink); stroke-width: 1.5 }
.lb-workshop .lb-image input { display: block; width: 100%; min-width: 0; height: 22px; margin: 0 }
.md-typeset .lb-workshop .lb-legend { margin: 0.4rem 0 0; color: var(--lb-muted); font-size: 0.68rem }
.lb-workshop .lb-choose { display: flex; flex-wrap: wrap; gap: 0.3rem }
.md-typeset .lb-workshop .lb-choose .lb-tool { min-width: 44px }
.lb-workshop table.lb-numbers { display: table; width: 100%; margin: 0 0 0.6rem; border-collapse: collapse }
.md-typeset .lb-workshop .lb-numbers :is(th, td) { padding: 0.25rem 0 0.25rem 0.6rem; border-bottom: 1px solid var(--lb-rule); text-align: right; font-weight: normal }
.md-typeset .lb-workshop .lb-numbers th[scope="row"] { padding-left: 0; text-align: left }
.lb-workshop .lb-numbers :is(th, td):nth-child(3) { color: var(--lb-p) }
.lb-workshop .lb-numbers :is(th, td):nth-child(4) { color: var(--lb-gap) }
.md-typeset .lb-workshop .lb-settings { margin: 0.4rem 0; font-size: inherit }
.lb-workshop summary { font: inherit }
.lb-workshop .lb-settings > div { display: grid; grid-template-columns: repeat(auto-fill, minmax(7.2rem, 1fr)); gap: 0.6rem 1rem; padding: 0.3rem 0 0.7rem }
.lb-workshop .lb-settings label { display: grid; gap: 0.15rem; min-width: 0; color: var(--lb-muted) }
.lb-workshop .lb-settings select { min-width: 0; max-width: 100% }
.lb-workshop :is(.lb-settings select, .lb-settings input, .lb-seed select) { min-height: 44px; padding: 0 0.5rem; border: 1px solid var(--lb-rule-strong); border-radius: 3px; background: var(--lb-paper); color: var(--lb-ink); font: inherit }
@media (scripting: none) { .lb-workshop .lb-live { display: none } }
@media print { .lb-workshop .lb-live { display: none } }
`;
