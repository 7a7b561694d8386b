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
@media screen and (min-width: 60rem) {
  .lb-sorted { grid-template: "drawn ask" "drawn told" 1fr / 27rem minmax(0, 1fr) }
}
`;
