// How pairs fall, and glide to their places in a tray: it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-tile { transition: transform 0.8s, translate 0.8s, opacity 0.8s; animation: lb-fall 0.3s ease-in }
@keyframes lb-fall { from { translate: 0 -5rem; opacity: 0 } }
@media (prefers-reduced-motion: reduce) { .lb-tile { transition: none; animation: none } }
`;
