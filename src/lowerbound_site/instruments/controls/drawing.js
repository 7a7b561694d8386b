// A digit of one's own. By pointer it is drawn on 32 x 32 points; as in the data, the points in each block of 4 x 4 are
// counted, and a pixel is on from 8 of them on. By keys the 64 pixels are switched: arrows move, the space bar switches.

import { change, element, svg } from "./dom.js";
import { drag } from "./handle.js";

const FINE = 32;
const BRUSH = 2.4; // points

/** `changed(x)` is called with the 64 new pixels; `paint(x)` shows an image that comes from elsewhere. */
export function drawing(kit, { colour, label, changed }) {
  let x = new Float64Array(64);
  let points = new Uint8Array(FINE * FINE);
  let active = 0;
  const cells = Array.from({ length: 64 }, (_, d) =>
    svg("rect", { x: d % 8, y: d >> 3, width: 1, height: 1, role: "checkbox", tabindex: d ? -1 : 0, "aria-label": `row ${(d >> 3) + 1}, column ${(d % 8) + 1}` }),
  );
  const drawn = svg("svg", { viewBox: "0 0 8 8", fill: colour, class: "lb-cells" }, ...cells);
  const caption = element("span", {});
  const box = element("div", { role: "group", "aria-label": label }, drawn);

  const fromPixels = (image) => {
    x = image;
    points = Uint8Array.from({ length: FINE * FINE }, (_, k) => x[8 * Math.floor(k / (4 * FINE)) + Math.floor((k % FINE) / 4)]);
  };
  const fromPoints = () => {
    const counts = new Float64Array(64);
    points.forEach((on, k) => (counts[8 * Math.floor(k / (4 * FINE)) + Math.floor((k % FINE) / 4)] += on));
    const next = counts.map((count) => Number(count >= 8));
    if (next.some((pixel, d) => pixel !== x[d])) {
      x = next;
      changed(x);
    }
  };
  const place = ({ clientX, clientY }) => {
    const { left, top, width, height } = drawn.getBoundingClientRect();
    return [(FINE * (clientX - left)) / width, (FINE * (clientY - top)) / height];
  };
  const stroke = ([fromX, fromY], [toX, toY], ink) => {
    const steps = Math.ceil(Math.hypot(toX - fromX, toY - fromY)) + 1;
    for (let s = 0; s <= steps; s++) {
      const [cx, cy] = [fromX + ((toX - fromX) * s) / steps, fromY + ((toY - fromY) * s) / steps];
      for (let r = Math.max(0, Math.floor(cy - BRUSH)); r < Math.min(FINE, cy + BRUSH); r++) {
        for (let c = Math.max(0, Math.floor(cx - BRUSH)); c < Math.min(FINE, cx + BRUSH); c++) {
          if (Math.hypot(c + 0.5 - cx, r + 0.5 - cy) <= BRUSH) points[FINE * r + c] = ink;
        }
      }
    }
    fromPoints();
  };
  drag(drawn, {
    begin: (event) => {
      const at = place(event);
      const d = 8 * Math.floor(at[1] / 4) + Math.floor(at[0] / 4);
      const held = { at, ink: x[d] ? 0 : 1 }; // a stroke that begins on ink erases
      stroke(at, at, held.ink);
      return held;
    },
    move: (event, held) => {
      const at = place(event);
      stroke(held.at, at, held.ink);
      held.at = at;
    },
    end: () => kit.set({}, true),
    signal: kit.signal,
  });
  box.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (event.key === " " || event.key === "Enter") {
      fromPixels(x.map((pixel, d) => (d === active ? 1 - pixel : pixel)));
      changed(x);
      kit.set({}, true);
    } else if (step || event.key === "Home" || event.key === "End") {
      const [row, column] = [active >> 3, active % 8];
      const next = step
        ? 8 * Math.min(7, Math.max(0, row + step[0])) + Math.min(7, Math.max(0, column + step[1]))
        : 8 * row + (event.key === "Home" ? 0 : 7);
      focusOn(next);
    } else return;
    event.preventDefault();
  }, { signal: kit.signal });
  const stand = (d) => {
    cells[active].setAttribute("tabindex", -1);
    active = d;
    cells[active].setAttribute("tabindex", 0);
  };
  const focusOn = (d) => {
    stand(d);
    cells[active].focus();
  };
  kit.atReset(() => stand(0));
  return {
    element: element("div", { class: "lb-pixels" }, caption, box),
    /** Takes the focus, at the first pixel. */
    focus: () => focusOn(0),
    paint(image, text) {
      if (caption.innerHTML !== text) caption.innerHTML = text;
      if (image.some((pixel, d) => pixel !== x[d])) fromPixels(image);
      cells.forEach((cell, d) => change(cell, { "fill-opacity": x[d], "aria-checked": x[d] ? "true" : "false" }));
    },
  };
}
