// The loss of one image cut in two ways, in nats from zero: what no encoder can change and the gap; what it costs to
// rebuild the image and what the code costs.

import { change, svg } from "../controls/dom.js";
import { gap, number, roof } from "./format.js";

const [WIDTH, HEIGHT, LENGTH] = [360, 74, 350];
const ROWS = [{ y: 16, parts: ["surprise", "gap"] }, { y: 52, parts: ["reconstruction", "kl"] }];
const NAMES = { surprise: "−log p(x)", gap: "gap", reconstruction: "reconstruction", kl: "KL to the prior" };

export class CostBars {
  constructor() {
    this.bars = {};
    const made = ROWS.flatMap(({ y, parts }) =>
      parts.flatMap((part, n) => {
        const bar = svg("rect", { class: `lb-cost-${part}`, y, height: 14 });
        const name = svg("text", { y: n ? y + 12 : y - 4, x: 0 });
        this.bars[part] = { bar, name };
        return [bar, name];
      }),
    );
    this.root = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "lb-cost-bars", role: "img" }, ...made);
  }

  /** The whole width is 50 nats, or so many times twice that as the loss needs: returned. */
  paint(costs) {
    const most = roof(Math.max(costs.surprise + costs.gap, costs.reconstruction + costs.kl));
    for (const { y, parts } of ROWS) {
      let from = 0;
      for (const part of parts) {
        const to = Math.min(LENGTH, from + (LENGTH * Math.max(0, costs[part])) / most);
        const { bar, name } = this.bars[part];
        change(bar, { x: from, width: Math.max(0, to - from) });
        if (part !== parts[0]) {
          const beside = to < 220; // else above the bar's end
          change(name, { x: beside ? to + 6 : WIDTH, y: beside ? y + 12 : y - 4, "text-anchor": beside ? "start" : "end" });
        }
        name.textContent = `${NAMES[part]} ${part === "gap" ? gap(costs[part]) : number(costs[part], 2)}`;
        from = to;
      }
    }
    const said = Object.entries(NAMES).map(([part, name]) => `${name} ${number(costs[part], 2)}`);
    change(this.root, { "aria-label": `The loss of this image, in two ways: ${said.slice(0, 2).join(" and ")}; ${said.slice(2).join(" and ")}.` });
    return most;
  }
}
