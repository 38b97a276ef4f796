// Places in centimetres: the origin is top left, the screen at the top. Pure.
const tidy = (value) => Math.round(value * 10) / 10;

export const at = (x, y) => ({ x: tidy(x), y: tidy(y) });

/** The box around points, areas counted with their extent; null around nothing. */
export function boundsOf(things) {
  let box = null;
  for (const thing of things) {
    const right = thing.x + (thing.width ?? 0);
    const bottom = thing.y + (thing.height ?? 0);
    box ??= { left: thing.x, top: thing.y, right, bottom };
    box.left = Math.min(box.left, thing.x);
    box.top = Math.min(box.top, thing.y);
    box.right = Math.max(box.right, right);
    box.bottom = Math.max(box.bottom, bottom);
  }
  return box;
}

export const middleOf = (box) => ({ x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 });

/** The box between two corners, whichever they are. */
export const boxOf = (one, other) => ({
  left: Math.min(one.x, other.x),
  right: Math.max(one.x, other.x),
  top: Math.min(one.y, other.y),
  bottom: Math.max(one.y, other.y),
});

export const isInside = (point, box) =>
  point.x >= box.left && point.x <= box.right && point.y >= box.top && point.y <= box.bottom;

/** A point turned clockwise around another by degrees. */
export function turned(point, around, degrees) {
  const angle = (degrees * Math.PI) / 180;
  const [dx, dy] = [point.x - around.x, point.y - around.y];
  return at(
    around.x + dx * Math.cos(angle) - dy * Math.sin(angle),
    around.y + dx * Math.sin(angle) + dy * Math.cos(angle),
  );
}

/** How far seats of a row are from its first one, walked from seat to seat. */
function walked(seats) {
  let length = 0;
  return seats.map((seat, place) => {
    if (place) length += Math.hypot(seat.x - seats[place - 1].x, seat.y - seats[place - 1].y);
    return length;
  });
}

/**
 * The seats of a row on an arc whose ends are `depth` nearer to the screen than its middle (below zero: farther), or in
 * a straight line (0). The row keeps its middle, its direction and the distances between its seats.
 */
export function bent(seats, depth) {
  if (seats.length < 2) return seats.map(({ x, y }) => at(x, y));
  const along = walked(seats);
  const length = along.at(-1);
  const [first, last] = [seats[0], seats.at(-1)];
  const direction = Math.atan2(last.y - first.y, last.x - first.x);
  const middle = middleOf(boundsOf(seats));
  const flat = Math.abs(depth) < 0.05;
  // Of a chord's arc: its length and how far it rises tell the radius; found by halving, as no formula does.
  const radius = flat ? Infinity : radiusOf(length, Math.abs(depth));
  const points = along.map((way) => {
    const from = way - length / 2;
    if (flat) return { x: from, y: 0 };
    const angle = from / radius;
    return { x: radius * Math.sin(angle), y: -Math.sign(depth) * radius * (1 - Math.cos(angle)) };
  });
  const box = boundsOf(points);
  const own = middleOf(box);
  return points.map((point) => {
    const [x, y] = [point.x - own.x, point.y - own.y];
    return at(
      middle.x + x * Math.cos(direction) - y * Math.sin(direction),
      middle.y + x * Math.sin(direction) + y * Math.cos(direction),
    );
  });
}

/** The radius of an arc of that length that rises by `rise`; at most half a circle. */
function radiusOf(length, rise) {
  const wanted = Math.min(rise, length / Math.PI);
  let [small, large] = [length / Math.PI, 1e7];
  for (let turn = 0; turn < 80; turn += 1) {
    const radius = (small + large) / 2;
    if (radius * (1 - Math.cos(length / 2 / radius)) > wanted) small = radius;
    else large = radius;
  }
  return (small + large) / 2;
}

/** Points from one place towards another, `pitch` apart: how many fit, one at least. */
export function pointsAlong(from, to, pitch, count = 0) {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const many = count || Math.max(1, Math.floor(length / pitch + 0.5) + 1);
  const [dx, dy] = length ? [(to.x - from.x) / length, (to.y - from.y) / length] : [1, 0];
  return Array.from({ length: many }, (_, place) => at(from.x + dx * pitch * place, from.y + dy * pitch * place));
}

/** Of things, the nearest to a point that satisfies; null where none does. */
export function nearest(things, point, fits = () => true) {
  let [found, least] = [null, Infinity];
  for (const thing of things) {
    if (!fits(thing)) continue;
    const distance = Math.hypot(thing.x - point.x, thing.y - point.y);
    if (distance < least) [found, least] = [thing, distance];
  }
  return found;
}

/** The nearest thing in a direction ("ArrowLeft" …): sideways counts double, so that a row is walked along. */
export function neighbour(things, from, direction) {
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[direction];
  let [found, least] = [null, Infinity];
  for (const thing of things) {
    const [x, y] = [thing.x - from.x, thing.y - from.y];
    const ahead = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    if (ahead <= 1 || ahead < aside / 2) continue;
    if (ahead + 2 * aside < least) [found, least] = [thing, ahead + 2 * aside];
  }
  return found;
}
