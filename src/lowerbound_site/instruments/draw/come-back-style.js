// The look of a code and what comes back: it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-back { --picture: 21rem; --hand: var(--lb-ink) }
.lb-back .lb-count { font-size: 1rem; font-weight: 600 }
.lb-back .lb-trio { display: grid; grid-template-columns: repeat(3, minmax(0, 7.5rem)); gap: 1rem; align-items: end }
`;
