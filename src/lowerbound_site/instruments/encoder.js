// You be the encoder: place an ellipse so that the loss of one image is small.

import { loadDecoder, loadImages } from "./controls/data.js";
import { element, svg, change, write } from "./controls/dom.js";
import { instrument } from "./controls/instrument.js";
import { axisSlider } from "./controls/slider.js";
import { number } from "./draw/format.js";
import { upright, reach } from "./maths/normal.js";
import { loss } from "./maths/vae.js";

export const schema = {
  "z1": { "from": -3.5, "to": 3.5, "step": 0.01, "start": 0 },
  "z2": { "from": -3.5, "to": 3.5, "step": 0.01, "start": 0 }
};

const load = async () => {
  const [decoder, images] = await Promise.all([loadDecoder(), loadImages()]);
  return { decoder, x: images[0] };
};

function build(kit, { decoder, x }) {
  const ellipse = svg("ellipse", { fill: "none", stroke: "var(--lb-q)", "stroke-width": 2 });
  const plane = svg("svg", { viewBox: "-3.5 -3.5 7 7", width: 300, height: 300, "stroke-width": 0.05 }, ellipse);
  ellipse.setAttribute("stroke-width", 0.06);
  const shown = element("output", {});
  const sliders = ["z1", "z2"].map((key) => axisSlider(kit, key, key));
  const stage = element("div", { class: "lb-stage" }, plane, shown, ...sliders.map((slider) => slider.element), ...kit.tools());
  return {
    stage,
    paint({ z1, z2 }) {
      const value = loss(decoder, x, upright(z1, z2, 0.3, 0.3), 16);
      change(ellipse, { cx: z1, cy: -z2, rx: 0.3 * reach(0.95), ry: 0.3 * reach(0.95) });
      write(shown, `loss ${number(value, 1)}`);
      for (const slider of sliders) slider.paint(`loss ${number(value, 1)}`);
      kit.say(`loss ${number(value, 1)}`);
    },
  };
}

const python = ({ z1, z2 }) => `print(${z1}, ${z2})\n`;

export const start = instrument({ schema, load, build, python });
