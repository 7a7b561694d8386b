// What the theme leaves out for people who use a keyboard or a screen reader.

const watchWidth = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});

// A page has many copy buttons; each is called after what it copies.
function nameOf(button) {
  const code = button.closest("pre").querySelector("code");
  const title = button.closest(".lb-claim")?.querySelector(".lb-claim-title");
  const claim = title && [...title.childNodes].filter((node) => node.className !== "headerlink").map((node) => node.textContent).join("");
  const first = code.textContent.trim().split("\n", 1)[0];
  if (!claim) return `Copy: ${first}`;
  return button.closest(".lb-run") ? `Copy: ${first}, for: ${claim}` : `Copy the program: ${claim}`;
}

// A link to what is folded opens every fold around it, and one to a claim its evidence, too. Then it is scrolled to.
let revealed;
function reveal() {
  const target = document.getElementById(location.hash.slice(1));
  if (!target || target === revealed) return;
  revealed = target;
  const folds = target.matches(".lb-claim-title") ? [...target.parentElement.querySelectorAll(":scope > .lb-evidence")] : [];
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) folds.push(fold);
  if (folds.every((fold) => fold.open)) return;
  for (const fold of folds) fold.open = true;
  target.scrollIntoView();
}

function mend() {
  reveal(); // on a page that has just come
  document.querySelector(".md-search")?.setAttribute("aria-label", "Search");
  for (const button of document.querySelectorAll(".md-code__button[data-md-type=copy]:not([aria-label])")) {
    button.setAttribute("aria-label", nameOf(button));
    // Parts of a program are folded; the button gives the whole.
    const program = button.closest(".lb-program");
    if (program) program.dataset.copy = [...program.querySelectorAll("code")].map((code) => code.textContent).join("");
  }
  // Where the theme says that something was copied.
  document.querySelector(".md-dialog")?.setAttribute("role", "status");
  // A landmark for every copy button would bury the real ones.
  for (const nav of document.querySelectorAll("nav.md-code__nav")) nav.setAttribute("role", "none");
  // What scrolls can be scrolled with the arrow keys.
  for (const box of document.querySelectorAll(".lb-formula, .lb-drawing, .md-typeset__scrollwrap")) watchWidth.observe(box);
}

mend();
new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
addEventListener("hashchange", reveal);
