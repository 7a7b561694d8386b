// Play, pause and step: something that goes on by itself, until it is paused or its end is reached.

import { element, write } from "./dom.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** step() does one step by hand, step(frames) goes on by itself, after so many frames; each returns whether there is more. */
export function player(kit, { name = "Play", step, every = 1 }) {
  const play = element("button", { type: "button" }, name);
  const once = element("button", { type: "button" }, "One step");
  let running = 0;
  let frames = 0;

  function pause() {
    cancelAnimationFrame(running);
    running = 0;
    write(play, name);
    kit.set({}, true);
  }
  function frame() {
    frames += 1;
    if (frames % every === 0 && !step(frames)) pause();
    else running = requestAnimationFrame(frame);
  }
  play.addEventListener("click", () => {
    if (running) return pause();
    // Without motion it goes to its end at once.
    if (calm.matches) {
      while (step(1));
      return kit.set({}, true);
    }
    write(play, "Pause");
    running = requestAnimationFrame(frame);
  });
  once.addEventListener("click", () => {
    if (running) pause();
    step();
    kit.set({}, true);
  });
  kit.signal.addEventListener("abort", () => cancelAnimationFrame(running));
  return [play, once];
}

/** A step of what counts up: one by hand, by itself ever more at once; after its end it begins anew. */
export function counting(kit, key, { from, to }, slowness) {
  return (byItself) => {
    const so = kit.state[key];
    const stride = byItself ? Math.max(1, Math.floor(so / slowness)) : 1;
    const next = so < to ? Math.min(to, so + stride) : from;
    kit.set({ [key]: next });
    return next < to;
  };
}

/** Another seed, which everything that was drawn begins with. */
export function otherDraws(kit, { to }) {
  const again = element("button", { type: "button" }, "Other draws");
  again.addEventListener("click", () => kit.set({ seed: (kit.state.seed % to) + 1 }, true));
  return again;
}

/** A number that glides to where it is told to be, one paint a frame; without motion it is there at once. */
export function following(kit, start, time = 700) {
  let [from, to, began] = [start, start, 0];
  return (target, now = performance.now()) => {
    if (target !== to) [from, to, began] = [from + (to - from) * ease((now - began) / time), target, now];
    const progress = calm.matches ? 1 : (now - began) / time;
    if (progress < 1 && from !== to) kit.repaint();
    return from + (to - from) * ease(progress);
  };
}

const ease = (t) => (t >= 1 ? 1 : t * t * (3 - 2 * t));
