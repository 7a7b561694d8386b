// The look of "you be the encoder": it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-game { display: grid; grid-template: "task task" "costs costs" "plane side" "story story" "draws draws" "onwards onwards" / minmax(0, 1fr) 3.2rem; gap: 0.6rem 0.8rem }
.lb-task { grid-area: task }
.lb-theirs { height: 10px; opacity: 1; outline: 1px solid var(--lb-q) }
.lb-hint { position: absolute; bottom: 0.8rem; left: 0; color: var(--lb-muted); font-size: 0.75rem }
.lb-away { visibility: hidden; opacity: 0 }
@media (prefers-reduced-motion: no-preference) {
  .lb-recut .lb-track > i { transition: left 1.6s ease-in-out, width 1.6s ease-in-out, background-color 1.6s ease-in-out }
  .lb-recut .lb-bar-labels > span { animation: lb-recut-name 1.8s }
}
@keyframes lb-recut-name { 0%, 60% { opacity: 0 } 100% { opacity: 1 } }
.lb-game .lb-plane { grid-area: plane; margin: 0 0 1rem 1.1rem }
.lb-draws { grid-area: draws }
.lb-story { grid-area: story; min-height: 9rem; font-size: 0.8rem }
.lb-onwards { grid-area: onwards }
.lb-story > * + * { margin-top: 0.6rem }
.lb-scores { border-collapse: collapse }
.lb-scores :is(th, td) { padding: 0.1rem 1rem 0.1rem 0; border-bottom: 1px solid var(--lb-rule); text-align: left; font-weight: 400; line-height: 1.25 }
@media screen and (min-width: 44rem) {
  .lb-game { grid-template: "task task" "costs costs" "plane side" "plane draws" "plane story" 1fr "onwards onwards" / minmax(0, 20rem) minmax(11rem, 1fr) }
  .lb-game .lb-side { grid-template-columns: 1fr 1fr }
  .lb-game :is(.lb-side, .lb-draws) { max-width: 11rem }
}
`;
