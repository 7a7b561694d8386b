// The look of the four models: it comes with the instrument, as no other page needs it.

export const STYLE = `
.lb-model { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0.2rem 1rem; align-items: center; padding-top: 0.5rem; border-top: 1px solid var(--lb-rule) }
.lb-model .lb-pixels { color: var(--lb-muted) }
.lb-model select { width: 100%; min-height: 44px; padding: 0 0.5rem; border: 1px solid var(--lb-rule-strong); border-radius: 2px; background: var(--lb-tint); color: var(--lb-ink); font: inherit }
.lb-sign { color: var(--lb-muted); font-size: 0.75rem; line-height: 1.3 }
.lb-sign output { display: inline; color: var(--lb-ink); font-weight: 600 }
.lb-sign i { display: block; height: 9px; margin-top: 3px; background: var(--lb-q) }
.lb-sign-lead i { height: 21px; background: var(--lb-gap) }
.lb-model > .lb-verdict { grid-column: 1 / -1; padding: 0.3em 0.8em; border-left: 3px solid var(--lb-ink); background: var(--lb-tint); font-size: 0.8rem }
.lb-originals { max-width: 15rem }
@media screen and (min-width: 44rem) {
  .lb-model { grid-template-columns: 9rem repeat(2, minmax(0, 1.3fr)) repeat(2, minmax(0, 1fr)) }
  .lb-first-sign .lb-model { grid-template-columns: 9rem repeat(2, minmax(0, 1fr)) }
  .lb-model > b { grid-column: 1 }
  .lb-model > .lb-live { grid-row: 2; grid-column: 1 }
  .lb-model > .lb-pixels { grid-row: 1 / 3 }
  .lb-model > .lb-sign { grid-row: 1 / 3 }
}
`;
