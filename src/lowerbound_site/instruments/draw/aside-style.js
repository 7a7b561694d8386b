// A column beside a picture: the question, the hands, and below them what is said, so that no hand moves when something is.

export const STYLE = `
.lb-aside { display: flex; flex-direction: column; gap: 0.5rem }
@media screen and (scripting: enabled) {
  .lb-aside > .lb-predict.lb-live:not([hidden]) { display: contents }
  .lb-aside > .lb-predict > :is(p, .lb-answers) { flex: none }
  .lb-aside > .lb-predict > .lb-verdict { order: 1 }
  .lb-aside > .lb-after { order: 2 }
}
`;
