// Elements by their names, attributes and content.

const SVG = "http://www.w3.org/2000/svg";

export function element(name, attributes = {}, ...content) {
  return filled(document.createElement(name), attributes, content);
}

export function svg(name, attributes = {}, ...content) {
  return filled(document.createElementNS(SVG, name), attributes, content);
}

/** A drawing of so many units by so many, shown so that its text fits the text around it. */
export function drawing(wide, high, attributes, ...content) {
  const size = { viewBox: `0 0 ${wide} ${high}`, width: `${wide / 17}rem`, fill: "var(--lb-ink)", "font-size": 12 };
  return svg("svg", { ...size, ...attributes }, ...content);
}

function filled(made, attributes, content) {
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...content);
  return made;
}

/** Change attributes, only those that differ. */
export function change(made, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    const text = typeof value === "number" ? String(Math.round(value * 100) / 100) : value;
    if (made.getAttribute(key) !== text) made.setAttribute(key, text);
  }
}

/** Another text, in the node that is there: a new one would have every style with :has() worked out anew. */
export function write(made, text) {
  if (made.textContent === text) return;
  if (made.firstChild?.nodeType === Node.TEXT_NODE && made.childNodes.length === 1) made.firstChild.data = text;
  else made.textContent = text;
}
