// What is seen of a run at one of its moments: the map with its codes, one image's island and ellipse, the numbers of
// sixty held-out digits, their curves so far, and what the image's code decodes to.

import { element, write } from "../controls/dom.js";
import { encodeAll, look } from "../maths/measure.js";
import { sigmoid } from "../maths/numbers.js";
import { Codes } from "./codes.js";
import { Curves } from "./curves-of-training.js";
import { number } from "./format.js";
import { Picture } from "./picture.js";

const LIMIT = 3.5;
const PARTS = ["loss", "−log p(x)", "gap"];

/** data: {images, labels, heldOut}; `most` epochs; `more` figures stand beside the image. */
export function runPanes(name, { images, labels, heldOut }, most, ...more) {
  const codes = new Codes(name, labels);
  const curves = new Curves();
  const picture = new Picture("the image x");
  const decoded = new Picture("what the middle of its ellipse decodes to");
  const cells = PARTS.map(() => element("output", {}));
  const figure = (drawing, caption) => element("figure", {}, drawing, element("figcaption", {}, caption));
  const table = element(
    "table",
    { class: "lb-numbers" },
    element("thead", {}, element("tr", {}, element("td"), ...PARTS.map((part) => element("th", { scope: "col" }, part)))),
    element("tbody", {}, element("tr", {}, element("th", { scope: "row" }, "60 held-out digits"), ...cells.map((cell) => element("td", {}, cell)))),
  );
  const legend = "Each numeral: the code of a held-out digit. Blue: where 50 % and 95 % of p(z|x) of one image lie. Orange: 95 % of its q(z|x).";
  const image = element("div", { class: "lb-image" }, figure(picture.root, "x"), figure(decoded.root, "its code, decoded"), ...more.map((one) => figure(...one)));
  return {
    root: element("div", { class: "lb-moment" },
      element("div", {}, codes.root, element("p", { class: "lb-legend" }, legend)), element("div", {}, table, curves.root), image),
    /**
     * points: the measurements so far; `moment` is that of `at`: it has what was measured, and keeps what is worked out here,
     * all of which the worker may have worked out already. Returns what is known of the image.
     */
    paint(vae, digit, points, at, moment) {
      const { measured } = moment;
      const x = images[digit];
      moment.mean ??= encodeAll(vae, heldOut, images.length).mean;
      moment.looks ??= {};
      const known = (moment.looks[digit] ??= look(vae, x));
      const { q, posterior } = known;
      codes.paint({ mean: moment.mean, image: q, island: posterior, limit: LIMIT });
      picture.paint(x);
      decoded.paint(vae.decoder.forward(q.mean, 1).subarray(0, 64).map(sigmoid));
      curves.paint(points, most);
      curves.mark(at, most);
      const numbers = measured ? [number(measured.loss, 2), number(measured.surprise, 2), number(measured.gap, 2)] : ["", "", ""];
      cells.forEach((cell, n) => write(cell, numbers[n]));
      return { ...known, numbers };
    },
    /** The map in words. */
    name(text) {
      codes.root.setAttribute("aria-label", text);
    },
  };
}
