// Where the parts of the steps stand: what the model draws, and below it the map and the curves; beside them the hands.

export const STYLE = `
.lb-steps { display: grid; grid-template: "ask" "draws" "course" "map" / minmax(0, 1fr); gap: 0.8rem 1.6rem }
.lb-steps > .lb-aside { grid-area: ask }
.lb-steps > .lb-draws { grid-area: draws; grid-template-columns: minmax(0, 1fr); gap: 0.2rem }
.lb-steps > :has(> .lb-codes) { grid-area: map }
.lb-steps > :has(> table) { grid-area: course }
.lb-steps svg text { font-size: 14px }
.md-typeset .lb-steps .lb-run { margin: 0 }
.md-typeset .lb-steps .lb-run .lb-tool { min-width: 0; padding-inline: 0.6rem }
.lb-steps .lb-so-far { flex-basis: 100% }
.md-typeset .lb-steps .lb-tool.lb-small { padding: 0; border: 0; background: none; box-shadow: none; color: var(--lb-muted); font-size: 0.7rem; text-decoration: underline; text-underline-offset: 0.16em }
.md-typeset .lb-steps .lb-tool.lb-small:disabled { text-decoration: none }
@media screen and (min-width: 60rem) {
  .lb-steps { grid-template: "draws draws ask" "map course ask" 1fr / minmax(0, 1fr) minmax(0, 1fr) minmax(0, 1.15fr) }
}
`;
