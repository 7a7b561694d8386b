// The look of a decoder that listens: it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-listen { display: grid; grid-template: "asked asked" "costs costs" "plane side" "card card" / minmax(0, 1fr) 3.6rem; gap: 0.4rem 0.8rem; font-size: 0.8rem }
.lb-listen > .lb-aside { grid-area: asked }
.lb-listen .lb-plane { grid-area: plane; margin: 0 0 1rem 1.1rem }
.lb-listen .lb-done .lb-answers { display: none } /* the verdict stands for them */
.lb-listen .lb-slider input { flex-basis: 4rem }
.lb-listen > .lb-card { grid-area: card }
.lb-listen .lb-card > * + * { margin-top: 0.5rem }
.lb-listen .lb-corners:not([hidden]) { display: grid; grid-template-columns: auto 1fr 1fr; gap: 0.3rem 0.5rem; align-items: center; font-size: 0.75rem; text-align: center }
.lb-listen .lb-corners > span { text-wrap: balance }
.lb-listen .lb-corners > button { padding: 0.2rem 0.4rem; background: var(--lb-paper); font-size: 0.75rem; line-height: 1.2 }
.lb-listen .lb-corners svg { display: block; width: 100%; max-width: 6rem; margin: auto }
@media screen and (min-width: 44rem) {
  .lb-listen { grid-template: "costs costs costs" "plane side asked" "plane side card" 1fr / minmax(0, 22rem) 3.6rem minmax(0, 1fr); column-gap: 1.2rem }
}
`;
