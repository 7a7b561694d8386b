// Things on a drawing that are dragged, and sliders all the same: role, value, keys.

import { change, element } from "./dom.js";
import { keyStep } from "./slider.js";

const PAUSE = 600; // milliseconds without a key: then it has come to rest

/**
 * Let a pointer drag an element. `begin(event)` may return what to hold on to, `move(event, held)` follows, `end()`
 * comes when it is let go, also when the browser takes the pointer away.
 */
export function drag(target, { begin = () => ({}), move, end, signal }) {
  let held;
  target.addEventListener("pointerdown", (event) => {
    if (event.button || held !== undefined) return;
    held = begin(event);
    if (held === undefined) return;
    target.setPointerCapture(event.pointerId);
    target.classList.add("lb-held", "lb-pointed");
    event.preventDefault();
    target.focus({ preventScroll: true });
  }, { signal });
  target.addEventListener("keydown", () => target.classList.remove("lb-pointed"), { signal });
  target.addEventListener("pointermove", (event) => held !== undefined && move(event, held), { signal });
  const release = () => {
    if (held === undefined) return;
    held = undefined;
    target.classList.remove("lb-held");
    end();
  };
  for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) target.addEventListener(kind, release, { signal });
}

/**
 * A handle that is a slider for `key` of the state. `keys(event)` may answer a key first: it returns changes of the
 * state. `hold()` comes before the first change, `end()` when it comes to rest.
 */
export function handle(kit, { key, kind = "", orientation, label, steps, hold = () => {}, keys, begin = () => ({}), move, end }) {
  const { from, to } = kit.schema[key];
  const made = element("div", {
    class: `lb-handle ${kind}`,
    role: "slider",
    tabindex: 0,
    "aria-label": label,
    "aria-orientation": orientation,
    "aria-valuemin": from,
    "aria-valuemax": to,
  });
  let resting = 0;
  const rest = () => {
    if (resting) end();
    resting = clearTimeout(resting);
  };
  made.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || keyStep(event, 0, { from, to }) === undefined) return;
    hold();
    const value = keyStep(event, kit.state[key], { from, to }, steps);
    event.preventDefault();
    kit.set(keys?.(event) ?? { [key]: value });
    clearTimeout(resting);
    resting = setTimeout(rest, PAUSE);
  }, { signal: kit.signal });
  made.addEventListener("blur", rest, { signal: kit.signal });
  drag(made, { begin: (event) => (hold(), begin(event)), move, end, signal: kit.signal });
  return {
    element: made,
    /** Where it is, in per cent or as any length of CSS; its value, and what that means. */
    paint(left, top, value, meaning) {
      const style = `left: ${length(left)}; top: ${length(top)};`;
      if (made.style.cssText !== style) made.style.cssText = style;
      change(made, { "aria-valuenow": value, "aria-valuetext": meaning });
    },
  };
}

const length = (at) => (typeof at === "number" ? `${at.toFixed(2)}%` : at);
