// The look of the joint KL cut in two ways: what is pressed stands above what is drawn, what is said below.

/** The colours of the two pieces, by image and by code. */
export const COLOURS = { image: ["var(--lb-p)", "var(--lb-gap)"], code: ["var(--lb-q)", "var(--lb-data)"] };

/** Why numbers on show may miss their sum by one in the last place. */
export const ROUNDED = "Numbers in nats, rounded.";

export const STYLE = `
.lb-sorted { display: grid; grid-template: "ask" "drawn" "told" / minmax(0, 1fr); gap: 0.8rem 1.6rem; font-size: 0.8rem }
.lb-scene.lb-sorted > div { margin: 0 }
.lb-sorted .lb-ask { grid-area: ask }
.lb-sorted .lb-drawn { grid-area: drawn }
.lb-sorted .lb-told { grid-area: told; display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 0.6rem }
.lb-sorted svg { display: block; width: 100%; max-width: 29rem }
.lb-sorted .lb-rounded { color: var(--lb-muted) }
.lb-sorted .lb-unseen { visibility: hidden }
`;
