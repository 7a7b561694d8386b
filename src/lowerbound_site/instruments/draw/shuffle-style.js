// The look of the shuffle: it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-inspect.lb-shuffled { grid-template: "asked asked" "costs costs" "order order" "plane plane" "notes notes" "readings readings" "guess guess" "draw side" "tools tools" / minmax(0, 1fr) minmax(0, 1fr) }
.lb-shuffled > .lb-notes { grid-area: notes }
.lb-shuffled > .lb-tools { grid-area: tools }
.lb-shuffled .lb-choice { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)) }
.lb-shuffled .lb-choice label { position: relative; justify-content: center; min-height: 4.6em; margin: 0 0 0 -1px; padding: 0.2rem 0.4rem; border: 1px solid var(--lb-rule-strong); background: var(--lb-tint); font-size: 0.75rem; text-align: center }
.lb-shuffled .lb-choice label:has(:checked) { border-color: var(--lb-ink); box-shadow: inset 0 0 0 1px var(--lb-ink); z-index: 1 }
.lb-shuffled .lb-choice label:has(:disabled) { border-style: dashed; color: var(--lb-muted) }
.lb-shuffled .lb-choice label:has(:focus-visible) { outline: 2px solid var(--lb-ink); outline-offset: 2px }
.lb-shuffled .lb-choice input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer }
.lb-shuffled .lb-choice output { display: block; margin: 0; min-height: 1.4em; color: var(--lb-gap) }
.lb-shuffled > .lb-draw { display: grid; grid-template-columns: 1fr 1fr; gap: 0.4rem; align-items: end }
.lb-asked > .lb-predict { grid-area: asked; align-content: start }
.lb-asked > .lb-predict + .lb-predict { grid-area: guess }
.lb-asked .lb-done > :not(.lb-verdict) { display: none } /* the verdict stands for them */
.lb-asked .lb-predict > .lb-verdict { min-height: 0 }
.lb-shuffled > .lb-order { grid-area: order }
.lb-shuffled .lb-order button:not(.lb-tool) { font-size: 0.9rem; padding-inline: 1.2rem }
.lb-shuffled .lb-slider input { flex-basis: 4rem }
@media not all and (min-width: 44rem) {
  .lb-shuffled > .lb-asked { display: contents }
  .lb-asked > .lb-predict:first-child { min-height: 10.6rem } /* as much as the question needs: nothing moves when it is judged */
}
@media screen and (min-width: 44rem) {
  .lb-inspect.lb-shuffled { grid-template: "asked asked asked" "costs costs costs" "plane order order" "plane readings readings" "plane draw side" "plane notes notes" 1fr "plane tools tools" / 22rem 8.4rem 1fr }
  .lb-shuffled > .lb-asked { grid-area: asked; min-height: 5.6rem }
  .lb-asked > .lb-predict + .lb-predict { margin-top: 0.5rem }
  .lb-asked .lb-predict > .lb-verdict { flex: 1 1 11rem }
  .lb-asked .lb-answers button:disabled { display: none } /* leaves its room to what is to do */
}
`;
