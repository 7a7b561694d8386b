// How pairs glide to their places in a tray: it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-tile { transition: transform 0.8s, opacity 0.8s }
@media (prefers-reduced-motion: reduce) { .lb-tile { transition: none } }
`;
