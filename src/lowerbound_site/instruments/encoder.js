// You be the encoder: find the ellipse with the smallest loss for one image, and then see what it was that you found.

import { loadChosen, loadDecoder, loadEncoder, loadImages, loadLabels } from "./controls/data.js";
import { change, element, svg, write } from "./controls/dom.js";
import { drag, handle } from "./controls/handle.js";
import { instrument } from "./controls/instrument.js";
import { arrows, tapping } from "./controls/place.js";
import { bar } from "./draw/bar.js";
import { digits } from "./draw/digits.js";
import { STYLE } from "./draw/encoder-style.js";
import { gap as gapText, number } from "./draw/format.js";
import { pixels } from "./draw/pixels.js";
import { outline, plane } from "./draw/plane.js";
import { klToPrior, reach, upright } from "./maths/normal.js";
import { sigmoid } from "./maths/numbers.js";
import { Random } from "./maths/random.js";
import { Grid, PIXELS, encode, forward, loss, quickLoss } from "./maths/vae.js";

export const schema = {
  "digit": { "of": ["first", "second", "third"], "start": "first" },
  "z1": { "from": -3.5, "to": 3.5, "step": 0.01, "start": 0 },
  "z2": { "from": -3.5, "to": 3.5, "step": 0.01, "start": 0 },
  "s1": { "from": 0.01, "to": 1.2, "step": 0.01, "start": 0.3 },
  "s2": { "from": 0.01, "to": 1.2, "step": 0.01, "start": 0.3 },
  "step": { "of": ["play", "found", "size", "encoder"], "start": "play" }
};

const LIMIT = 3.5;
const MOST = 24; // ticks
const TAP = 0.05; // how far a finger may slip
const NEAR = 3; // nats: a gap with which the island shows itself
const CLOSE = 1; // and one with which the ellipse lies on it
const NAMED = 7.4; // em: the room of the name of blue
const ZOOM = 6; // nats that the magnifier shows
const DRAWS = 6;
const RECUT = 2000; // milliseconds, a little more than the style says
const NOISE = new Random(0).normals(new Float64Array(2 * DRAWS)); // always the same, so that the draws ride on the ellipse
const DIGITS = schema.digit.of;
const STEPS = schema.step.of;

const load = async () => {
  const [decoder, images, chosen, labels] = await Promise.all([loadDecoder(), loadImages(), loadChosen(), loadLabels()]);
  return { decoder, images, chosen, labels };
};

async function build(kit, { decoder, images, chosen, labels }) {
  const grid = new Grid(decoder);
  const truths = new Map();
  let trained; // the encoder's answers, fetched once the island is shown
  let ticks = []; // the loss at the start and after each release, the last of them
  let [begun, lowest] = []; // of these losses: the first, and the least
  let ticksOf; // the digit that they are of
  const scores = new Map(); // by digit, once the encoder has answered: the gap of the reader's best and the encoder's
  let releases = 0;
  let late = false; // whether the island was shown before the ellipse lay on it
  let there = false; // whether the ellipse has lain on it since

  const image = (digit) => images[chosen[DIGITS.indexOf(digit)]];
  const truth = (digit) => {
    if (!truths.has(digit)) truths.set(digit, grid.posterior(image(digit)));
    return truths.get(digit);
  };
  const answers = new Map();
  const answered = (digit) => {
    if (!answers.has(digit)) {
      const theirs = encode(trained, image(digit));
      answers.set(digit, { theirs, theirLoss: loss(decoder, image(digit), theirs) });
    }
    return answers.get(digit);
  };
  const after = (step) => STEPS.indexOf(kit.state.step) >= STEPS.indexOf(step);

  // What is seen.
  const field = plane("encoder", LIMIT);
  field.paintAtlas(decoder);
  const halo = outline("lb-halo", 0.95);
  const ring = outline("lb-q-95", 0.95);
  const inner = outline("lb-q-50", 0.5);
  const answer = outline("lb-q-thin", 0.95);
  const dots = Array.from({ length: DRAWS }, () => svg("circle", { class: "lb-q-dot", r: 0.05 }));
  field.marks.append(answer.element, halo.element, ring.element, inner.element, ...dots);
  const target = pixels("var(--lb-data)");
  const yours = pixels("var(--lb-ink)");
  const drawn = digits("encoder-draws", "var(--lb-ink)", DRAWS, "six draws from the ellipse (the dots)");
  const costs = bar("lb-loss");
  const zoom = bar("lb-zoom");
  const hint = element("p", { class: "lb-hint lb-live" });
  // The bar is cut anew before one's eyes, once the island is shown: its pieces glide (the style) for as long as the class is there.
  let cut;
  let recutting = 0;
  const recut = (revealed) => {
    if (cut === false && revealed) {
      costs.element.classList.add("lb-recut");
      clearTimeout(recutting);
      recutting = setTimeout(() => costs.element.classList.remove("lb-recut"), RECUT);
    }
    cut = revealed;
  };

  // What is held.
  const grip = element("div", { class: "lb-grip" });
  const rest = () => {
    const { value } = current();
    if (value !== ticks.at(-1)) ticks = [...ticks, value].slice(-MOST);
    lowest = Math.min(lowest, value);
    releases += 1;
    const near = value + truth(kit.state.digit).logEvidence < NEAR;
    kit.set(kit.state.step === "play" && near ? { step: "found" } : {}, true);
  };
  const along = (key) => (event) => kit.set({ [key]: field.code(event)[key === "z1" ? 0 : 1] });
  const thumbs = {
    z1: handle(kit, { key: "z1", kind: "lb-thumb", orientation: "horizontal", label: "place, to the right", keys: arrows(kit), move: along("z1"), end: rest }),
    z2: handle(kit, { key: "z2", kind: "lb-thumb lb-thumb-z2", orientation: "vertical", label: "place, upwards", keys: arrows(kit), move: along("z2"), end: rest }),
  };
  const width = (key, index) =>
    handle(kit, {
      key,
      orientation: index ? "vertical" : "horizontal",
      label: index ? "height" : "width",
      steps: { small: 0.02, large: 0.1, page: 0.2 },
      move: (event, from) => kit.set({ [key]: Math.abs(field.code(event)[index] - kit.state[index ? "z2" : "z1"]) / reach(0.95) - from }),
      begin: (event) => Math.abs(field.code(event)[index] - kit.state[index ? "z2" : "z1"]) / reach(0.95) - kit.state[key],
      end: rest,
    });
  const sizes = { s1: width("s1", 0), s2: width("s2", 1) };
  let tapped; // where the ellipse was touched, until it is dragged: a tap goes there, as it does elsewhere
  drag(grip, {
    begin: (event) => {
      gliding.stop();
      tapped = field.code(event);
      return [tapped[0] - kit.state.z1, tapped[1] - kit.state.z2];
    },
    move: (event, [d1, d2]) => {
      const [z1, z2] = field.code(event);
      if (tapped && Math.hypot(z1 - tapped[0], z2 - tapped[1]) < TAP) return;
      tapped = undefined;
      kit.set({ z1: z1 - d1, z2: z2 - d2 });
    },
    end: () => (tapped ? gliding.to({ z1: tapped[0], z2: tapped[1] }, rest) : rest()),
    signal: kit.signal,
  });
  // Elsewhere a tap jumps there, and a swipe scrolls the page.
  const gliding = tapping(kit, field, { end: rest });
  field.element.append(grip, ...Object.values(thumbs).map((h) => h.element), ...Object.values(sizes).map((h) => h.element));

  // What is told.
  const told = element("p", {});
  const next = element("button", { type: "button" });
  const other = element("button", { type: "button" }, "Another digit");
  const onwards = element("p", { class: "lb-onwards lb-live" });
  onwards.innerHTML =
    "All you did was make a loss small, and that brought your ellipse, <b class='lb-q'>q(z|x)</b>, to the blue cloud, <b class='lb-p'>p(z|x)</b>. " +
    "But what one wants is good pictures. Why does the loss compare these two at all? " +
    `<a href="${new URL("../../../short-answer/", import.meta.url).pathname}">The short answer</a> →`;
  const rows = element("tbody", {});
  const table = element("table", { class: "lb-scores" },
    element("thead", {}, element("tr", {}, ...["digit", "your lowest gap", "the encoder’s"].map((name) => element("th", { scope: "col" }, name)))), rows);
  next.addEventListener("click", () => {
    const step = STEPS[STEPS.indexOf(kit.state.step) + 1];
    kit.go({ step });
    if (step !== "encoder") return;
    other.hidden = false; // this button goes, so the next one takes the focus
    other.focus();
  });
  other.addEventListener("click", () => {
    const digit = DIGITS[(DIGITS.indexOf(kit.state.digit) + 1) % DIGITS.length];
    kit.go({ digit, step: "play", z1: 0, z2: 0, s1: 0.3, s2: 0.3 });
    thumbs.z1.element.focus({ preventScroll: true });
  });
  const tools = element("div", { class: "lb-tools" }, ...kit.tools());
  const story = element("div", { class: "lb-story lb-live" }, told, next, table, other, tools);
  kit.atReset(() => {
    ticksOf = undefined;
    scores.clear();
  });
  const task = element("p", { class: "lb-task lb-live" });
  task.innerHTML =
    "A trained decoder turns each place on this map into a picture. <b>Which places could have made <i>x</i>?</b> Tap there, then drag the <b class='lb-q'>ellipse</b>, and make the loss as small as you can.";

  // The grid is decoded a little between two frames, long before it is asked for.
  let idle = 0;
  const decodeMore = () => {
    if (!grid.decodeRows(3)) idle = setTimeout(decodeMore, 30);
  };
  idle = setTimeout(decodeMore, 600);

  const loadTrained = async () => {
    trained = await loadEncoder();
    kit.repaint();
  };
  if (after("found")) trained = await loadEncoder();

  function current() {
    const { digit, z1, z2, s1, s2 } = kit.state;
    const x = image(digit);
    const q = upright(z1, z2, s1, s2);
    return { x, q, value: quickLoss(decoder, x, q) };
  }

  const starts = new Map(); // how long the bar's axis is, for each digit
  const logits = new Float64Array(PIXELS);

  function paint({ digit, z1, z2, s1, s2, step }) {
    const { x, q, value } = current();
    if (digit !== ticksOf) [ticks, begun, lowest, releases, ticksOf, late, there] = [[value], value, value, 0, digit, false, false];
    const revealed = step !== "play";
    const sized = after("size");
    const surprise = revealed || releases ? -truth(digit).logEvidence : undefined;
    const gap = revealed ? Math.max(0, value - surprise) : undefined;
    const decoded = forward(decoder, q.mean, logits).map(sigmoid);
    const agree = x.reduce((count, pixel, d) => count + (decoded[d] > 0.5 === pixel > 0.5), 0);

    target.paint(x, "<i>x</i>");
    yours.paint(decoded, "its middle");
    for (const part of [halo, ring, inner]) part.paint(q);
    const codes = dots.map((_, k) => [z1 + s1 * NOISE[2 * k], z2 + s2 * NOISE[2 * k + 1]]);
    dots.forEach((dot, k) => change(dot, { cx: codes[k][0], cy: -codes[k][1] }));
    drawn.paint(codes.map((code) => forward(decoder, code, logits).map(sigmoid)));
    inner.element.style.display = revealed ? "" : "none";
    if (revealed && field.shown !== digit) field.paintIsland(grid, truth(digit).logMass);
    if (revealed) field.shown = digit;
    field.showIsland(revealed);

    if (revealed && !trained) loadTrained();
    const { theirs, theirLoss } = revealed && trained ? answered(digit) : {};
    const compared = theirs && after("encoder");
    answer.element.style.display = compared ? "" : "none";
    if (compared) answer.paint(theirs);

    // The bars.
    if (!starts.has(digit)) starts.set(digit, Math.max(40, 10 * Math.ceil(loss(decoder, x, upright(0, 0, 0.3, 0.3)) / 10)));
    const to = starts.get(digit);
    const shown = number(value, 1);
    const beyond = value > to ? " →" : "";
    const marks = ticks.map((at) => ({ kind: "lb-tick", at }));
    if (compared) marks.push({ kind: "lb-tick lb-theirs", at: theirLoss });
    const end = { at: Math.min(value, to), text: `loss ${shown}${beyond}`, inside: value > 0.7 * to };
    const charge = klToPrior(q);
    recut(revealed);
    costs.paint(
      revealed
        ? {
            from: 0, to, step: 10, marks,
            pieces: [{ kind: "lb-piece-p", start: 0, end: surprise }, { kind: "lb-piece-gap", start: surprise, end: value }],
            labels: [
              { kind: "lb-label-p", at: surprise, text: `−log p(x) ${number(surprise, 1)}`, side: "lb-before", least: NAMED },
              { kind: "lb-label-gap", at: surprise, text: `gap ${gapText(gap)}`, least: NAMED },
            ],
            end,
          }
        : {
            from: 0, to, step: 10, marks,
            pieces: [{ kind: "lb-piece-grey", start: 0, end: value - charge }, { kind: "lb-piece-kl", start: value - charge, end: value }],
            labels: [{ kind: "", at: 0, text: "how badly its draws match x" }, { kind: "", at: Math.min(value, to), text: "the charge", side: value > 0.6 * to ? "lb-before" : "" }],
            end,
          },
    );
    zoom.element.classList.toggle("lb-away", !sized);
    hint.hidden = revealed;
    if (sized) {
      zoom.paint({
        from: surprise, to: surprise + ZOOM, step: 1, marks,
        pieces: [{ kind: "lb-piece-gap", start: surprise, end: value }],
        labels: [],
        end: { at: Math.min(value, surprise + ZOOM), text: gap > ZOOM ? `${gapText(gap)} →` : gapText(gap), inside: gap > 0.8 * ZOOM },
      });
    }

    // The handles.
    const [left, top] = [50 + (50 * z1) / LIMIT, 50 - (50 * z2) / LIMIT];
    const meaning = `loss ${shown}, ${agree} of 64 pixels agree${revealed ? `, gap ${gapText(gap)}` : ""}`;
    const place = `z1 ${number(z1, 1)}, z2 ${number(z2, 1)}, ${meaning}`;
    const r = [s1, s2].map((s) => (50 * s * reach(0.95)) / LIMIT);
    grip.style.cssText = `left: ${left}%; top: ${top}%; width: ${2 * r[0]}%; height: ${2 * r[1]}%;`;
    thumbs.z1.paint(left, 100, z1, place);
    thumbs.z2.paint(0, top, z2, place);
    sizes.s1.element.hidden = sizes.s2.element.hidden = !sized;
    if (sized) {
      // Beside the middle even where the ellipse is a dot, and never outside the plane.
      const beside = (at, sign, by) => `clamp(8px, calc(${at.toFixed(2)}% ${sign} max(${by.toFixed(2)}%, 30px)), calc(100% - 8px))`;
      sizes.s1.paint(beside(left, "+", r[0]), top, s1, `${number(s1, 2)}, ${meaning}`);
      sizes.s2.paint(left, beside(top, "-", r[1]), s2, `${number(s2, 2)}, ${meaning}`);
    }

    // The story.
    write(hint, releases ? "Each release leaves a tick. Lower?" : "");
    tell({ step, gap, best: Math.min(value, lowest), surprise, q, theirLoss });
    kit.say(revealed ? `${place}. ${told.textContent}` : place);
    return { loss: shown, ...(revealed ? { "-log p(x)": number(surprise, 1), gap: gapText(gap) } : {}) };
  }

  function tell({ step, gap, best, surprise, q, theirLoss }) {
    let text = "";
    let button = "";
    if (step === "play") {
      if (releases) {
        text = `${lowest < begun ? "Your lowest loss is" : "Lowest is still where you began,"} ${number(lowest, 1)}. No ellipse gets below ${number(surprise, 1)}.`;
        button = "What am I looking for?";
      }
    } else if (gap > CLOSE && step === "found" && !there) {
      late = true;
      text = "There it is, in blue: <b class='lb-p'>p(z|x)</b>, the places that could have made <i>x</i>. The bar is as long as before, and cut in another way. Take your ellipse there.";
    } else if (step === "found") {
      there = true;
      text =
        `${late ? "You have reached" : "You found"} the blue cloud, <b class='lb-p'>p(z|x)</b>: the places that could have made <i>x</i>. ` +
        `Your lowest loss is ${number(best, 1)}${theirLoss ? `, the trained encoder’s is ${number(theirLoss, 1)}` : ""}. Nothing gets below ` +
        `the <b class='lb-p'>blue piece</b>, −log p(x), which no ellipse moves. All you could shrink is the <b class='lb-gap'>purple</b> one. (The bar is as long as it was, cut in another way.)`;
      button = "Look closer";
    } else if (step === "size") {
      const small = Math.max(q.tril[0], q.tril[2]) < 0.06;
      text = small
        ? "A dot is a guess without doubt. Several places could have made <i>x</i>, so the purple piece grows, without end. " +
          "Now find the size with the least purple."
        : "Magnified: the purple piece, the <b class='lb-gap'>gap</b>. It says how far your ellipse, <b class='lb-q'>q(z|x)</b>, is from " +
          "<b class='lb-p'>p(z|x)</b>: KL(q‖p), in nats, like the loss. Now pull at its size. What if you shrink it to a dot?";
      button = "Show the trained encoder’s answer";
    } else {
      if (theirLoss === undefined) return;
      keep(kit.state.digit, Math.max(0, best - surprise), theirLoss - surprise);
      const better = best < theirLoss - 0.005 ? "You beat it." : best > theirLoss + 0.005 ? "It beats you." : "A draw.";
      text =
        `The thin line is the encoder’s answer. ${better} ` +
        "An encoder can only close the gap; the blue piece is the decoder’s job. The loss is both.";
    }
    table.hidden = !scores.size;
    if (told.innerHTML !== text && told.dataset.text !== text) [told.innerHTML, told.dataset.text] = [text, text];
    next.hidden = !button;
    write(next, button);
    onwards.hidden = other.hidden = step !== "encoder";
  }

  /** A line for each digit that the encoder has answered too. */
  function keep(digit, best, theirGap) {
    scores.set(digit, [labels[chosen[DIGITS.indexOf(digit)]], gapText(best), gapText(theirGap)]);
    const said = JSON.stringify([...scores]);
    if (rows.dataset.said === said) return;
    rows.dataset.said = said;
    rows.replaceChildren(...[...scores.values()].map(([label, ...gaps]) =>
      element("tr", {}, element("th", { scope: "row" }, `a ${label}`), ...gaps.map((gap) => element("td", {}, element("output", { "aria-live": "off" }, gap))))));
  }

  const costsBox = element("div", { class: "lb-costs" }, costs.element, zoom.element, hint);
  const side = element("div", { class: "lb-side" }, target.element, yours.element);
  const stage = element("div", { class: "lb-stage lb-game" }, element("style", {}, STYLE), task, costsBox, field.element, side, element("div", { class: "lb-draws" }, drawn.element), story, onwards);

  // The task stays as it was recorded, and all else comes around it: it is the page's largest text, and were it painted
  // again as a new one, in the face that has come meanwhile, that would count as the moment when the page has come.
  function settle(host) {
    const there = host.querySelector(".lb-task");
    if (!there) return host.replaceChildren(stage);
    for (const other of [...there.parentElement.childNodes]) if (other !== there) other.remove();
    const parts = [...stage.childNodes];
    const at = parts.indexOf(task);
    there.before(...parts.slice(0, at));
    there.after(...parts.slice(at + 1));
  }
  return { stage, settle, paint, stop: () => (clearTimeout(idle), clearTimeout(recutting), gliding.stop()) };
}

function python({ digit, z1, z2, s1, s2, step }, { chosen }) {
  const revealed = step !== "play";
  return `from torch import float64, tensor

from lowerbound import DiagonalNormal, ${revealed ? "Grid, " : ""}digits, elbo, trained_digits

vae = trained_digits()
x = digits().held_out[[${chosen[DIGITS.indexOf(digit)]}]]
mean = tensor([[${z1}, ${z2}]], dtype=float64)
std = tensor([[${s1}, ${s2}]], dtype=float64)
q = DiagonalNormal(mean, std.log())

loss = -elbo(vae, q, x).item()
print(f"loss = {loss:.1f}")
${
  revealed
    ? `surprise = -Grid(vae, points=72, limit=5).log_evidence(x).item()
print(f"-log p(x) = {surprise:.1f}")
gap = loss - surprise
print(f"gap = {gap:.2f}" if gap < 9.995 else f"gap = {gap:.1f}")
`
    : ""
}`;
}

export const start = instrument({ schema, load, build, python });
