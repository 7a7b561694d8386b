// What the theme leaves out for people who use a keyboard or a screen reader.

const watchWidth = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});

function mend() {
  document.querySelector(".md-search")?.setAttribute("aria-label", "Search");
  // A landmark for every copy button would bury the real ones.
  for (const nav of document.querySelectorAll("nav.md-code__nav")) nav.setAttribute("role", "none");
  // What scrolls can be scrolled with the arrow keys.
  for (const box of document.querySelectorAll(".lb-formula, .lb-drawing, .md-typeset__scrollwrap")) watchWidth.observe(box);
}

mend();
new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
