// A joint as a square of area 1: every pair (x, z) is a cell, and its area is p(x, z).
import { marginalX, transpose, zGivenX } from "./joint.js";

// By image: the square is cut into rows, one an image, and each row into codes. {left, top, width, height}[x][z].
function byPicture(joint) {
  const heights = marginalX(joint);
  const conditional = zGivenX(joint);
  let top = 0;
  return joint.map((row, x) => {
    let left = 0;
    const cells = row.map((_, z) => {
      // Of an empty row nothing is known; it is a line, divided evenly.
      const width = Number.isNaN(conditional[x][z]) ? 1 / row.length : conditional[x][z];
      const cell = { left, top, width, height: heights[x] };
      left += width;
      return cell;
    });
    top += heights[x];
    return cells;
  });
}

const swap = ({ left, top, width, height }) => ({ left: top, top: left, width: height, height: width });

// `turn` 0: by image. 1: by code, into columns first. Between them each cell keeps its area: its centre and its width
// move evenly, and its height is what area and width leave.
export function cells(joint, turn) {
  const from = byPicture(joint);
  const to = transpose(byPicture(transpose(joint)).map((row) => row.map(swap)));
  const blend = (a, b) => a + turn * (b - a);
  return joint.map((row, x) =>
    row.map((area, z) => {
      const [a, b] = [from[x][z], to[x][z]];
      const width = blend(a.width, b.width);
      const height = width > 0 ? area / width : blend(a.height, b.height);
      const across = blend(a.left + a.width / 2, b.left + b.width / 2);
      const down = blend(a.top + a.height / 2, b.top + b.height / 2);
      return { left: across - width / 2, top: down - height / 2, width, height };
    }),
  );
}
