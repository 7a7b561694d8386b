// How pairs fall, and glide to their places in a tray, and what stands beside: it comes with the instrument, as no other
// page needs it.

export const STYLE = `
.lb-tile { transition: transform 0.8s; animation: lb-fall 0.5s ease-in }
@keyframes lb-fall { from { translate: 0 -12rem; opacity: 0 } }
@media (prefers-reduced-motion: reduce) { .lb-tile { transition: none; animation: none } }
.lb-machines { display: grid; gap: 0.6rem 1.6rem; font-size: 0.8rem }
.lb-machines > svg { max-width: 22rem }
.lb-machines .lb-predict > p:first-child { flex-basis: 100% }
.lb-machines .lb-answers button:disabled { display: none }
.lb-hands { display: grid; grid-template-columns: 1fr 1fr; gap: 0.4rem; margin-top: 0.8rem }
.lb-hands > :is(p, div, :first-of-type) { grid-column: 1 / -1 }
.lb-hands > button { padding-inline: 0.3rem }
@media screen and (min-width: 56rem) {
  .lb-machines { grid-template-columns: repeat(2, minmax(0, 1fr)) 13.5rem }
}
@media screen and (min-width: 56rem) and (scripting: enabled) {
  .lb-machines > div { grid-area: 1 / 3; display: grid; align-content: space-between; min-height: 29.7rem } /* its hands keep their place when a verdict comes */
}
`;
