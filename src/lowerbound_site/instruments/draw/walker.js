// The maps of the recorded decoders: what each place decodes to, where the codes of unseen digits lie, and where you stand.

import { fetched } from "../controls/data.js";
import { change, svg } from "../controls/dom.js";
import { reach } from "../maths/normal.js";
import { unpack } from "../maths/walk.js";
import { atlasOf, plane } from "./plane.js";

export const KINDS = ["nothing", "noise", "kl", "smooth"]; // what was left out

/** Of the run of each kind the decoder and the codes of the held-out digits. */
export const loadWalkers = () => fetched("walks.bin", async (answer) => unpack(await answer.arrayBuffer(), KINDS, "smooth"));

const line = (kind) => svg("path", { class: `lb-line ${kind}` });
/** Places as dots: lines of no length, with round ends. */
export const dots = (places) => places.map(([z1, z2]) => `M${z1.toFixed(2)} ${(-z2).toFixed(2)}h0`).join("");

/** A map with the prior's ring; `paint(walker, stops)` shows a decoder's pictures and codes, and stops on the map. */
export function walkerMap(name, limit) {
  const field = plane(name, limit);
  const [codes, stops] = [line("lb-codes-of"), line("lb-way-stops")];
  field.marks.append(svg("circle", { class: "lb-line lb-p-95", r: reach(0.95) }), codes, stops);
  field.showIsland(false);
  const drawn = new Map();
  return {
    ...field,
    paint(walker, at) {
      if (!drawn.has(walker)) drawn.set(walker, [atlasOf(walker.decoder, limit), dots(walker.codes)]);
      const [atlas, d] = drawn.get(walker);
      field.showAtlas(atlas);
      change(codes, { d });
      change(stops, { d: dots(at) });
    },
  };
}
