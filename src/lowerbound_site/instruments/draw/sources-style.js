// The look of a code and the images that may have sent it: it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-senders { --picture: 24rem; --hand: var(--lb-ink); --kept: 9rem }
.lb-senders .lb-pixels svg { outline: 0 }
.lb-senders .lb-shares { display: grid; grid-template-columns: repeat(5, 1fr); text-align: center; margin-bottom: 0.8rem }
.lb-senders .lb-pair { display: grid; grid-template-columns: repeat(2, minmax(0, 8rem)); gap: 1.5rem; align-items: end; margin-bottom: 0.6rem }
`;
