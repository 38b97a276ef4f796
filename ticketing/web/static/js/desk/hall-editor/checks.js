// What keeps a drawing from being a hall, and what should be looked at: told while one draws. Pure.
//
// Each finding: { code, bad, keys, values }. `bad`: it can't be saved so. The server decides; this only tells early.
import { capacityOf, labelOf } from "./model.js";

export const PLACES_MAX = 20000;
export const OVERLAP_CM = 40;
/** A wheelchair place is 0.80 by 1.30 m: nearer than that beside or behind, somebody stands in it. */
export const WHEELCHAIR_WIDE_CM = 62;
export const COMPANIONS_MAX = 3;
/** Beside, or on the other side of an aisle: farther off nobody is company. */
export const COMPANION_FAR_CM = 250;
const NAME = /^[\p{L}\p{N}]+$/u;
const SLUG = /^[a-z0-9][a-z0-9-]*$/;

/** How many wheelchair places a house needs: 2 up to 50 places, one more for every 50 begun. */
export const wheelchairsRequired = (capacity) => (capacity <= 0 ? 0 : 2 + Math.max(0, Math.ceil((capacity - 50) / 50)));

export function check(drawing) {
  const findings = [];
  const add = (code, bad, keys, values = {}) => findings.push({ code, bad, keys: new Set(keys), values });
  const seats = drawing.seats;
  const capacity = capacityOf(drawing);
  if (!capacity) add("empty", true, []);
  if (capacity > PLACES_MAX) add("too_many", true, [], { places: capacity, most: PLACES_MAX });

  const twice = doubled(seats, labelOf);
  if (twice.length) add("twice", true, keysOf(twice.flat()), { names: names(twice.map(([seat]) => seat)) });
  const areasTwice = doubled(drawing.areas, (area) => area.area);
  if (areasTwice.length) add("area_twice", true, keysOf(areasTwice.flat()), { names: areasTwice.map(([area]) => area.area).join(", ") });
  const unnamed = seats.filter((seat) => !named(seat.row, 12) || !named(seat.number, 8));
  if (unnamed.length) add("names", true, keysOf(unnamed), { names: names(unnamed) });
  const zoneless = [...seats, ...drawing.areas].filter((thing) => !SLUG.test(thing.zone) || thing.zone.length > 40);
  if (zoneless.length) add("zoneless", true, keysOf(zoneless), { count: zoneless.length });
  const roomless = drawing.areas.filter(
    ({ area, capacity, width, height }) => !(SLUG.test(area) && capacity >= 1 && width > 0 && height > 0),
  );
  if (roomless.length) add("area_wrong", true, keysOf(roomless), { names: roomless.map((area) => area.area).join(", ") });

  const overlapping = overlaps(seats);
  if (overlapping.size) add("overlap", false, overlapping, { count: overlapping.size });
  addAccess(drawing, capacity, add);
  return findings;
}

function addAccess(drawing, capacity, add) {
  const places = new Map(drawing.seats.filter((seat) => seat.kind === "wheelchair").map((seat) => [seat.key, []]));
  const companions = drawing.seats.filter((seat) => seat.kind === "companion");
  for (const seat of companions) places.get(seat.wheelchair)?.push(seat);
  const lonely = companions.filter((seat) => !places.has(seat.wheelchair));
  if (lonely.length) add("lonely", true, keysOf(lonely), { names: names(lonely) });
  const crowded = [...places].filter(([, beside]) => beside.length > COMPANIONS_MAX);
  const crowds = crowded.flatMap(([key, beside]) => [key, ...keysOf(beside)]);
  if (crowded.length) add("crowded", true, crowds, { most: COMPANIONS_MAX });
  const byKey = new Map(drawing.seats.map((seat) => [seat.key, seat]));
  const far = companions.filter((seat) => {
    const place = byKey.get(seat.wheelchair);
    return place && Math.hypot(place.x - seat.x, place.y - seat.y) > COMPANION_FAR_CM;
  });
  if (far.length) add("far", false, keysOf(far), { names: names(far) });
  const required = wheelchairsRequired(capacity);
  const short = drawing.seats.length && places.size < required;
  if (short) add("wheelchairs", false, places.keys(), { count: places.size, required });
}

const keysOf = (things) => things.map((thing) => thing.key);
const named = (text, most) => text.length <= most && NAME.test(text);

function names(seats) {
  const shown = seats.slice(0, 6).map(labelOf).join(", ");
  return seats.length > 6 ? `${shown}, …` : shown;
}

function doubled(things, name) {
  const groups = new Map();
  for (const thing of things) {
    const group = groups.get(name(thing));
    if (group) group.push(thing);
    else groups.set(name(thing), [thing]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** The keys of seats that stand in each other. Only neighbours in a coarse grid are compared. */
export function overlaps(seats) {
  const cells = new Map();
  // A number for a square: names of twenty thousand squares would take longer than all the rest.
  const cell = (x, y, across = 0, along = 0) =>
    (Math.floor(x / WHEELCHAIR_WIDE_CM) + across) * 65536 + Math.floor(y / WHEELCHAIR_WIDE_CM) + along;
  for (const seat of seats) {
    const place = cell(seat.x, seat.y);
    if (cells.has(place)) cells.get(place).push(seat);
    else cells.set(place, [seat]);
  }
  const found = new Set();
  for (const seat of seats) {
    for (let across = -1; across <= 1; across += 1) {
      for (let along = -1; along <= 1; along += 1) {
        for (const other of cells.get(cell(seat.x, seat.y, across, along)) ?? []) {
          if (other.key <= seat.key) continue;
          const wide = seat.kind === "wheelchair" && other.kind === "wheelchair" ? WHEELCHAIR_WIDE_CM : OVERLAP_CM;
          if (Math.hypot(other.x - seat.x, other.y - seat.y) < wide) found.add(seat.key).add(other.key);
        }
      }
    }
  }
  return found;
}
