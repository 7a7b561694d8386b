// The form of the three traps: a picture and the line of code that makes it, beside them the question and one hand.

export const STYLE = `
.lb-trap { display: grid; grid-template: "asked" "seen" "more" / minmax(0, 1fr); gap: 0.8rem 1.8rem; font-size: 0.85rem }
.lb-trap > .lb-aside { grid-area: asked }
.lb-trap > .lb-seen { display: grid; grid-area: seen; grid-template-columns: minmax(0, 1fr); gap: 0.6rem; align-content: start }
.lb-trap > .lb-seen svg { max-width: 100%; height: auto }
.md-typeset .lb-trap pre { margin: 0 }
.md-typeset .lb-trap pre > code { overflow: visible; white-space: pre-wrap }
.lb-trap .lb-sums { display: block; min-height: 4.2em }
.lb-trap input[type="radio"] { width: 1rem; height: 1rem }
.md-typeset .lb-trap > details { grid-area: more; margin: 0; font-size: 0.8rem }
.md-typeset .lb-trap > details > * + * { margin-top: 0.4rem }
.lb-trap .lb-two { display: grid; grid-template-columns: repeat(2, minmax(0, 13rem)); gap: 1rem; align-items: end }
@media screen and (min-width: 44rem) {
  .lb-trap { grid-template: "seen asked" "more more" / minmax(0, 27rem) minmax(0, 1fr) }
}
`;
