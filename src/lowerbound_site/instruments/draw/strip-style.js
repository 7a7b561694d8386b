// The look of the joint KL cut in two ways: what is pressed and said stands beside what is drawn.

/** The colours of the two pieces, by image and by code. */
export const COLOURS = { image: ["var(--lb-p)", "var(--lb-gap)"], code: ["var(--lb-q)", "var(--lb-data)"] };

/** Why numbers on show may miss their sum by one in the last place. */
export const ROUNDED = "Numbers in nats, rounded.";

export const STYLE = `
.lb-sorted { display: grid; grid-template: "ask" "drawn" "told" / minmax(0, 1fr); gap: 0.8rem 1.6rem; font-size: 0.8rem }
.lb-scene.lb-sorted > div { margin: 0 }
.lb-sorted .lb-ask { grid-area: ask }
.lb-sorted .lb-drawn { grid-area: drawn }
.lb-sorted .lb-told { grid-area: told }
.lb-sorted svg { display: block; width: 100%; max-width: 29rem }
.lb-sorted .lb-told > div { margin-bottom: 0.6rem }
.lb-sorted .lb-rounded { color: var(--lb-muted) }
.lb-sorted .lb-unseen { visibility: hidden }
<<<<<<< HEAD
.lb-sorted .lb-order { display: grid; gap: 0.6rem; justify-items: start }
.lb-sorted .lb-order > .lb-predict.lb-live.lb-live { display: contents } /* what is pressed stands between the question and the verdict */
.lb-sorted .lb-verdict { order: 1; width: 100%; min-height: 4.8em }
.lb-sorted .lb-predict > .lb-verdict:empty { position: static; min-height: 4.8em; opacity: 0 } /* its room is kept: nothing moves when it comes */
.lb-sorted.lb-both { grid-template-areas: "ask" "told" "drawn" } /* what is held stands below what it moves */
=======
>>>>>>> s-10
@media screen and (min-width: 60rem) {
  .lb-sorted { grid-template: "drawn ask" "drawn told" 1fr / 27rem minmax(0, 1fr) }
}
`;
