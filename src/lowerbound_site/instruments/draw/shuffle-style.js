// The look of the shuffle: it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-inspect.lb-shuffled { grid-template: "asked asked" "costs costs" "order order" "plane plane" "notes notes" "draw side" "readings readings" / minmax(0, 1fr) minmax(0, 1fr) }
.lb-notes { display: flex; flex-wrap: wrap; gap: 0.4rem 0.8rem; grid-area: notes; align-items: start }
.md-typeset .lb-notes > p { flex: 1 1 9rem }
.lb-shuffled > .lb-draw { display: grid; grid-template-columns: 1fr 1fr; gap: 0.4rem; align-items: end }
.lb-asked { grid-area: asked }
.lb-shuffled > .lb-order { grid-area: order }
.lb-shuffled .lb-order button:not(.lb-tool) { font-size: 0.9rem; padding-inline: 1.2rem }
.lb-shuffled .lb-slider input { flex-basis: 4rem }
@media screen and (min-width: 44rem) {
  .lb-inspect.lb-shuffled { grid-template: "costs costs costs" "plane plane asked" "plane plane order" "plane plane readings" "draw side readings" "notes notes readings" 1fr / 10rem 12rem minmax(5rem, 1fr) }
}
`;
