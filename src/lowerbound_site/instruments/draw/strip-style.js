// The look of the joint KL cut in two ways.

/** The colours of the two pieces, by image and by code. */
export const COLOURS = { image: ["var(--lb-p)", "var(--lb-gap)"], code: ["var(--lb-q)", "var(--lb-data)"] };

/** Why numbers on show may miss their sum by one in the last place. */
export const ROUNDED = "Numbers in nats, rounded.";

// What is told and was not yet seen keeps its room.
export const STYLE = `
.lb-unseen { visibility: hidden }
`;
