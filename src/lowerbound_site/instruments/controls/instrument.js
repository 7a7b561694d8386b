// What all instruments share: a state that lives in the address, one paint a frame, reset, copy as Python, one voice.
//
//     export const start = instrument({ schema, load, build, python });
//
// load()               fetches data; what it returns is given to build
// build(kit, data)     returns { stage, paint, stop }: `stage` takes the recorded picture's place, or `settle(host)` sees to
//                      that; `paint(state)` shows a state and returns the numbers that are read there, as text by name
// python(state, data)  a program that prints these numbers, each as `name = value`
//
// kit.state                    what is shown
// kit.numbers                  what paint returned
// kit.set(changes)             while something moves;   kit.set(changes, true) when it comes to rest
// kit.go(changes)              a jump that "back" undoes
// kit.say(text)                tells those who cannot see it, after half a second's rest
// kit.atReset(act)             what else starts anew with the state
// kit.tools()                  the buttons "Reset" and "Copy as Python"

import { element } from "./dom.js";
import { format, initial, limit, parse } from "./state.js";

const REST = 500; // milliseconds before a change is spoken
const WRITE = 250; // and before it stands in the address: browsers refuse to change that too often
const GLIDE = 280; // that a jump takes

export const instrument = ({ schema, load = () => undefined, build, python }) =>
  async function start(host) {
    const name = host.dataset.name;
    const data = await load();
    const stopped = new AbortController();
    const { signal } = stopped;
    const first = parse(schema, host.dataset.start ?? "", initial(schema));
    const voice = element("p", { class: "lb-voice", role: "status" });
    let asked = 0;
    let spoken = 0;
    let written = 0;
    let scene;
    const resets = [];

    const kit = {
      schema,
      signal,
      state: first,
      set(changes, atRest = false) {
        kit.state = { ...kit.state, ...limit(schema, changes) };
        repaint();
        clearTimeout(written);
        if (atRest) written = setTimeout(() => writeAddress("replaceState", history.state), WRITE);
      },
      go(changes) {
        kit.state = { ...kit.state, ...limit(schema, changes) };
        repaint();
        clearTimeout(written);
        // The theme keeps the place of scrolling there.
        writeAddress("pushState", { x: scrollX, y: scrollY });
      },
      say(text) {
        clearTimeout(spoken);
        spoken = setTimeout(() => text !== voice.textContent && (voice.textContent = text), REST);
      },
      atReset(act) {
        resets.push(act);
      },
      tools() {
        const copy = element("button", { type: "button", class: "lb-tool" }, "Copy as Python");
        const reset = element("button", { type: "button", class: "lb-tool" }, "Reset");
        reset.addEventListener("click", () => {
          for (const act of resets) act();
          kit.go(first);
        });
        copy.addEventListener("click", async () => {
          await navigator.clipboard.writeText(python(kit.state, data));
          copy.textContent = "Copied";
          setTimeout(() => (copy.textContent = "Copy as Python"), 1500);
        });
        return [reset, copy];
      },
      program: () => python(kit.state, data),
      repaint,
    };

    function repaint() {
      asked ||= requestAnimationFrame(() => {
        asked = 0;
        kit.numbers = scene.paint(kit.state);
      });
    }

    function address() {
      const said = format(schema, kit.state, first);
      return said ? `#~${name}?${said}` : location.pathname + location.search;
    }

    function writeAddress(how, kept) {
      history[how](kept, "", address());
      here = mine(location.hash);
    }

    const prefix = `#~${name}`;
    const mine = (hash) => hash === prefix || hash.startsWith(`${prefix}?`);
    const read = (hash) => parse(schema, hash.slice(prefix.length + 1), first);
    let here = mine(location.hash);
    if (here) kit.state = read(location.hash);

    scene = await build(kit, data);
    kit.numbers = scene.paint(kit.state);
    scene.stage.append(voice);
    if (scene.settle) scene.settle(host);
    else host.replaceChildren(scene.stage);
    host.instrument = kit;
    if (here) bringIntoView(host);

    // The page's head sends this (theme/partials/back.html), before the theme sees it.
    const page = location.pathname;
    addEventListener(
      "lb-back",
      (event) => {
        if (location.pathname !== page) return;
        const was = here;
        here = mine(location.hash);
        if (!here && !was) return;
        event.preventDefault();
        kit.state = here ? read(location.hash) : first;
        repaint();
        const place = event.detail;
        if (place) scrollTo({ left: place.x, top: place.y, behavior: "instant" });
      },
      { signal },
    );
    // Before the theme sees it, which writes all addresses out in full, and would fetch the page again.
    document.addEventListener(
      "click",
      (event) => {
        const link = event.target.closest?.("a[href*='#~']");
        const leadsHere = link && link.origin === location.origin && link.pathname === page && mine(link.hash);
        if (!leadsHere || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        event.stopPropagation();
        kit.go(read(link.hash));
        bringIntoView(host);
      },
      { signal, capture: true },
    );
    signal.addEventListener("abort", () => {
      cancelAnimationFrame(asked);
      clearTimeout(spoken);
      clearTimeout(written);
      scene.stop?.();
    });
    host.dataset.ready = "";
    return () => stopped.abort();
  };

// What is higher than the window begins at its upper edge; what is folded is unfolded, and what that stands in.
function bringIntoView(host) {
  for (let fold = host.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  host.scrollIntoView({ block: host.offsetHeight < 0.9 * innerHeight ? "nearest" : "start" });
}

/** A jump of some numbers of the state that can be followed with the eye; at once where motion is not wanted. */
export function glide(kit) {
  let frame = 0;
  const stop = () => cancelAnimationFrame(frame);
  return {
    stop,
    to(goal, end) {
      stop();
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
        kit.set(goal);
        end();
        return;
      }
      const from = kit.state;
      const begun = performance.now();
      const move = (now) => {
        const t = Math.min(1, Math.max(0, (now - begun) / GLIDE));
        const eased = 1 - (1 - t) ** 3;
        kit.set(Object.fromEntries(Object.entries(goal).map(([key, value]) => [key, from[key] + eased * (value - from[key])])));
        if (t < 1) frame = requestAnimationFrame(move);
        else end();
      };
      frame = requestAnimationFrame(move);
    },
  };
}
