// Pictures as alpha masks: painted once, coloured by the page, so that a change of scheme repaints itself.

import { change, svg } from "../controls/dom.js";

let context;

/**
 * A PNG whose pixel in column c and row r, from the upper left, has the opacity alpha(c, r) between 0 and 1, in so many
 * steps: more would weigh more. Or alpha is an array of all, row by row.
 */
export function bitmap(width, height, alpha, steps = 32) {
  context ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true }); // it takes long to make
  const { canvas } = context;
  [canvas.width, canvas.height] = [width, height];
  const picture = context.createImageData(width, height);
  const { data } = picture;
  const levels = Uint8Array.from({ length: steps + 1 }, (_, level) => Math.round((255 * level) / steps));
  if (typeof alpha === "function") {
    for (let r = 0, at = 3; r < height; r++) {
      for (let c = 0; c < width; c++, at += 4) data[at] = levels[Math.round(steps * alpha(c, r))];
    }
  } else {
    for (let k = 0, at = 3; k < width * height; k++, at += 4) if (alpha[k]) data[at] = levels[Math.round(steps * alpha[k])];
  }
  context.putImageData(picture, 0, 0);
  return canvas.toDataURL();
}

/** A group that shows a bitmap in a colour of the page, as an SVG mask over a rectangle; `show(url, place)` fills it. */
export function tinted(id, colour, opacity = 1, crisp = false) {
  const image = svg("image", { preserveAspectRatio: "none", style: crisp ? "image-rendering: pixelated" : "" });
  const mask = svg("mask", { id, style: "mask-type: alpha", maskUnits: "userSpaceOnUse" }, image);
  const rect = svg("rect", { fill: colour, "fill-opacity": opacity, mask: `url(#${id})` });
  return {
    element: svg("g", {}, mask, rect),
    show(url, place) {
      for (const part of [image, mask, rect]) {
        for (const key in place) change(part, { [key]: String(Math.round(place[key] * 1e4) / 1e4) });
      }
      change(image, { href: url });
    },
  };
}
