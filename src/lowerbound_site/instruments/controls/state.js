// The state of an instrument in the address: `#~NAME?key=value&key=value`, only what differs from the start.

/** The state that a query says, over `start`; what the schema does not know or allow is left out. */
export function parse(schema, query, start) {
  const state = { ...start };
  for (const [key, value] of new URLSearchParams(query)) {
    if (key in schema && value !== "") Object.assign(state, limit(schema, { [key]: value }));
    else if (key in schema && schema[key].bits) state[key] = "";
  }
  return state;
}

/** The state that every value starts with. */
export const initial = (schema) => Object.fromEntries(Object.entries(schema).map(([key, kind]) => [key, kind.start]));

/** Changes as the schema allows them: numbers within their bounds and on their steps, no other words. */
export function limit(schema, changes) {
  const allowed = {};
  for (const [key, value] of Object.entries(changes)) {
    const kind = schema[key];
    if (kind.of) {
      if (kind.of.includes(value)) allowed[key] = value;
    } else if (kind.bits) {
      if (value === "" || new RegExp(`^[0-9a-f]{${kind.bits / 4}}$`).test(value)) allowed[key] = value;
    } else if (Number.isFinite(Number(value))) {
      const steps = Math.round(Math.min(kind.to, Math.max(kind.from, Number(value))) / kind.step);
      allowed[key] = Number((steps * kind.step).toFixed(6)) + 0;
    }
  }
  return allowed;
}

/** What stands behind the `?`. */
export function format(schema, state, start) {
  const said = Object.keys(schema).filter((key) => state[key] !== start[key]);
  return said.map((key) => `${key}=${state[key]}`).join("&");
}
