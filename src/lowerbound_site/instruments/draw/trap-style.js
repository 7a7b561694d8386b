// The form of the three traps: below the picture stands the line of code that makes it.

export const STYLE = `
.lb-trap > .lb-picture { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.6rem }
.md-typeset .lb-trap pre { margin: 0 }
.md-typeset .lb-trap pre > code { overflow: visible; white-space: pre-wrap }
.lb-trap .lb-sums { min-height: 4.2em }
.md-typeset .lb-trap > details { margin: 0; font-size: 0.8rem }
.md-typeset .lb-trap > details > * + * { margin-top: 0.4rem }
.lb-trap .lb-two { display: grid; grid-template-columns: repeat(2, minmax(0, 13rem)); gap: 1rem; align-items: end }
`;
