// The look of a decoder that listens: it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-listen { --picture: 26.8rem; --kept: 13rem }
.lb-listen > .lb-picture { display: grid; grid-template-columns: minmax(0, 1fr) 3.6rem; gap: 0.8rem; align-items: start }
.lb-listen .lb-side { grid-area: auto }
.lb-listen .lb-slider input { flex-basis: 4rem }
.lb-listen .lb-card > * + * { margin-top: 0.5rem }
.lb-listen .lb-corners:not([hidden]) { display: grid; grid-template-columns: auto 1fr 1fr; gap: 0.3rem 0.5rem; align-items: center; font-size: 0.75rem; text-align: center }
.lb-listen .lb-corners > span { text-wrap: balance }
.lb-listen .lb-corners > button { padding: 0.2rem 0.4rem; background: var(--lb-paper); font-size: 0.75rem; line-height: 1.2 }
.lb-listen .lb-corners svg { display: block; width: 100%; max-width: 6rem; margin: auto }
`;
