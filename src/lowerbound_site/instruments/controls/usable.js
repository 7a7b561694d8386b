// Buttons that are used up. A button that is disabled loses the focus: whoever presses keys would begin at the page's top.

/** Whether a button can be pressed; if not, and it has the focus, that goes to one beside it that can. */
export function usable(button, can) {
  const focused = button === document.activeElement;
  button.disabled = !can;
  if (focused && !can) button.parentElement.querySelector("button:enabled")?.focus();
}
