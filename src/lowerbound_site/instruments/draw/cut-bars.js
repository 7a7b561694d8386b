// The loss of one image as two bars on one axis: above by −log p(x) and gap, below by reconstruction cost and KL to the prior.

import { element } from "../controls/dom.js";
import { bar } from "./bar.js";
import { number, whole } from "./format.js";

const AXIS = 30;
const ROOM = 11; // em: of the longest name before a cut

export function cutBars() {
  const [upper, lower] = [bar("lb-loss"), bar("lb-loss")];
  const show = (place, { loss }, cuts) => place.paint({
    from: 0, to: AXIS, step: 10, marks: [],
    pieces: cuts.map(({ kind, from, to, text }) => ({ kind, start: from, end: to, text })),
    labels: cuts.filter(({ name }) => name !== undefined).map(({ label, name, at, side }) => ({ kind: label, at: Math.min(at, 0.66 * AXIS), text: name, side, least: ROOM })),
    end: { at: Math.min(loss, AXIS), text: `loss ${whole(loss)}${loss > AXIS ? " →" : ""}`, inside: loss > 0.75 * AXIS },
  });
  const cut = (at, end, [first, second]) => [
    { ...first, from: 0, to: at, at, side: "lb-before" },
    { ...second, from: at, to: end, at },
  ];
  return {
    element: element("div", { class: "lb-costs" }, upper.element, lower.element),
    /** pieces as maths/cuts.js has them; whether the lower bar is cut, whether the upper one is needed, and whether what
     *  changed sides is marked. */
    paint(pieces, { isCut, needed, moved = false }) {
      const { loss, surprise, gap, rebuilding, kl } = pieces;
      show(upper, pieces, cut(surprise, loss, [
        { kind: "lb-piece-p", label: "lb-label-p", name: `−log p(x) ${number(surprise, 2)}` },
        { kind: "lb-piece-gap", label: "lb-label-gap", name: `gap ${number(Math.max(0, gap), 2)}` },
      ]));
      upper.element.classList.toggle("lb-unneeded", !needed);
      show(lower, pieces, isCut
        ? [
          ...cut(rebuilding, loss, [
            { kind: "lb-piece-grey", label: "", name: `reconstruction ${number(rebuilding, 2)}` },
            { kind: "lb-piece-q", label: "lb-q", name: `KL to the prior ${number(kl, 2)}` },
          ]),
          ...(moved ? [{ kind: "lb-crossed", from: Math.min(rebuilding, surprise), to: Math.max(rebuilding, surprise), text: number(Math.abs(surprise - rebuilding), 2) }] : []),
        ]
        : cut(surprise, loss, [{ kind: "lb-piece-grey", label: "", name: "the same loss, not cut yet" }, { kind: "lb-piece-grey", label: "", name: "" }]));
    },
    /** Whether the lower bar's cut slides to its next place, or is there at once. */
    slide(slides) {
      lower.element.classList.toggle("lb-slides", slides);
    },
  };
}
