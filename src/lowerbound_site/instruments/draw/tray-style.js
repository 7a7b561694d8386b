// How pairs are made, fall, and glide to their places in a tray, and what stands beside: it comes with the instrument, as
// no other page needs it. `lb-slow`: each pair is followed through its machine, and falls only then.

export const STYLE = `
.lb-tile { transition: transform 0.8s }
.lb-falls { animation: lb-fall 0.5s ease-in backwards }
.lb-late { animation-delay: 0.8s }
@keyframes lb-fall { from { translate: var(--from); opacity: 0 } 15% { opacity: 1 } }
.lb-enter { opacity: 0 }
.lb-slow .lb-begin { animation: lb-begin 0.2s }
.lb-slow .lb-enter { animation: lb-enter 0.5s 0.2s }
.lb-slow .lb-leave { animation: lb-leave 0.3s 0.5s ease-out backwards }
@keyframes lb-begin { from { translate: -20px 0; opacity: 0 } }
@keyframes lb-enter { from { translate: -108px 0; opacity: 1 } to { opacity: 0.3 } }
@keyframes lb-leave { from { translate: -108px 0; opacity: 0 } }
@media (prefers-reduced-motion: reduce) { .lb-machines * { transition: none !important; animation: none !important } }
.lb-machines { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0.8rem 1rem; font-size: 0.8rem }
.lb-machines svg { overflow: visible; font-size: 21px }
.lb-tray { min-width: 0 }
.lb-tray > p { min-height: 2.8em; color: var(--own); font-size: 0.65rem }
.lb-tray > .lb-own { min-height: 0; font-weight: 600 }
.lb-tray > .lb-big { min-height: 2.2em; font-size: 0.7rem; line-height: 2.2em; white-space: nowrap }
.lb-big b { font-size: 1.5em; line-height: 1 }
.lb-pile { margin-top: 0.6rem }
.lb-share-of { display: none }
.lb-column > .lb-hands { display: grid; grid-template-columns: 1fr 1fr; gap: 0.4rem }
.lb-hands > :is(p, div, :first-of-type) { grid-column: 1 / -1 }
.lb-hands > button { padding-inline: 0.3rem }
@media screen and (max-width: 55.99rem) {
  .lb-machines > .lb-column { display: contents }
  .lb-column :is(.lb-predict > *, .lb-hands) { grid-column: 1 / -1 }
  .lb-tray { order: 2 }
  .lb-column > .lb-predict > .lb-verdict { order: 1 }
}
@media screen and (min-width: 30rem) {
  .lb-machines svg { font-size: 14px }
  .lb-machines .lb-share-of { display: inline }
  .lb-tray > p { min-height: 1.4em }
  .lb-tray > .lb-own { font-size: 0.8rem }
  .lb-tray > .lb-big { font-size: 1.1rem; line-height: 1.6em; min-height: 1.6em }
}
@media screen and (min-width: 56rem) {
  .lb-machines { grid-template-columns: repeat(2, minmax(0, 1fr)) 13.5rem; gap: 0.6rem 1.6rem }
  .lb-machines > .lb-column { grid-area: 1 / 3 }
  .lb-hands > .lb-do { min-height: 2.8em }
}
`;
