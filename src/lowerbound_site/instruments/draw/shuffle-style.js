// The look of the shuffle: it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-inspect.lb-shuffled { grid-template: "asked asked" "costs costs" "order order" "plane plane" "notes notes" "draw side" "readings readings" "tools tools" / minmax(0, 1fr) minmax(0, 1fr) }
.lb-shuffled > .lb-notes { grid-area: notes }
.lb-shuffled > .lb-tools { grid-area: tools }
.lb-shuffled > .lb-draw { display: grid; grid-template-columns: 1fr 1fr; gap: 0.4rem; align-items: end }
.lb-asked { grid-area: asked }
.lb-asked > .lb-predict + .lb-predict { margin-top: 0.6rem }
.lb-asked .lb-done .lb-answers { display: none } /* the verdict stands for them */
.lb-shuffled > .lb-order { grid-area: order }
.lb-shuffled .lb-order button:not(.lb-tool) { font-size: 0.9rem; padding-inline: 1.2rem }
.lb-shuffled .lb-slider input { flex-basis: 4rem }
@media screen and (min-width: 44rem) {
  .lb-inspect.lb-shuffled { grid-template: "costs costs costs costs" "plane plane plane asked" "plane plane plane order" "plane plane plane readings" "draw side tools readings" "notes notes notes readings" 1fr / 8.4rem 6rem 6.8rem minmax(5rem, 1fr) }
  .lb-shuffled > .lb-tools { align-self: end }
}
`;
