// What can be done to a drawing: each verb takes one and answers another. Pure.
import { at, bent, boundsOf, middleOf, turned } from "./geometry.js";
import { labelOf, rowOf } from "./model.js";
import { letterPlace, rowNames, seatNumbers } from "./numbering.js";

/** Change the seats and areas of `keys` by what `change` answers for each. */
export function changed(drawing, keys, change) {
  const some = (thing) => (keys.has(thing.key) ? { ...thing, ...change(thing) } : thing);
  return { ...drawing, seats: drawing.seats.map(some), areas: drawing.areas.map(some) };
}

const chosen = (drawing, keys) => [...drawing.seats, ...drawing.areas].filter((thing) => keys.has(thing.key));

export function moved(drawing, keys, dx, dy) {
  return changed(drawing, keys, ({ x, y }) => at(x + dx, y + dy));
}

/** Turn around the middle of what is chosen. Areas stay upright and move along. */
export function rotated(drawing, keys, degrees) {
  const box = boundsOf(chosen(drawing, keys));
  if (!box) return drawing;
  const around = middleOf(box);
  return changed(drawing, keys, (thing) => {
    const half = { x: (thing.width ?? 0) / 2, y: (thing.height ?? 0) / 2 };
    const middle = turned({ x: thing.x + half.x, y: thing.y + half.y }, around, degrees);
    return at(middle.x - half.x, middle.y - half.y);
  });
}

export function removed(drawing, keys) {
  const stays = (thing) => !keys.has(thing.key);
  const seats = drawing.seats
    .filter(stays)
    .map((seat) => (keys.has(seat.wheelchair) ? { ...seat, wheelchair: null } : seat));
  return { ...drawing, seats, areas: drawing.areas.filter(stays) };
}

/** The parts of a hall that `keys` choose, row by row: [[seat…]…] in the order of the hall. */
export function rowsChosen(drawing, keys) {
  const rows = new Map();
  for (const seat of drawing.seats) {
    if (!keys.has(seat.key)) continue;
    if (rows.has(rowOf(seat))) rows.get(rowOf(seat)).push(seat);
    else rows.set(rowOf(seat), [seat]);
  }
  return [...rows.values()];
}

/** All seats of the rows that some of `keys` stand in. */
export function wholeRows(drawing, keys) {
  const rows = new Set(drawing.seats.filter((seat) => keys.has(seat.key)).map(rowOf));
  return new Set(drawing.seats.filter((seat) => rows.has(rowOf(seat))).map((seat) => seat.key));
}

/** A name for a new row of a section: after its last one, whatever that is. */
export function nextRow(drawing, section, skip = "IO") {
  const names = drawing.seats.filter((seat) => seat.section === section).map((seat) => seat.row);
  if (!names.length) return "A";
  const numbered = names.filter((name) => /^\d+$/.test(name));
  if (numbered.length) return String(Math.max(...numbered.map(Number)) + 1);
  const places = names.map((name) => letterPlace(name, skip));
  return rowNames("A", Math.max(...places) + 2, { skip }).at(-1);
}

/** A copy of what is chosen, beside it. Its rows get the next names, so that no seat has one twice. */
export function duplicated(drawing, keys, dx, dy, skip = "IO") {
  let { next } = drawing;
  let grown = drawing;
  const copies = new Map();
  for (const row of rowsChosen(drawing, keys)) {
    const name = nextRow(grown, row[0].section, skip);
    const made = row.map((seat, place) => {
      copies.set(seat.key, next);
      const copy = { ...seat, ...at(seat.x + dx, seat.y + dy), key: next, row: name, aisle: place > 0 && seat.aisle };
      next += 1;
      return copy;
    });
    grown = { ...grown, seats: [...grown.seats, ...made] };
  }
  const areas = drawing.areas
    .filter((area) => keys.has(area.key))
    .map((area) => {
      const copy = { ...area, ...at(area.x + dx, area.y + dy), key: next, area: `${area.area}-${next}`.slice(-31) };
      next += 1;
      copies.set(area.key, copy.key);
      return copy;
    });
  const seats = grown.seats.map((seat) =>
    seat.key >= drawing.next && seat.wheelchair
      ? { ...seat, wheelchair: copies.get(seat.wheelchair) ?? null }
      : seat,
  );
  return [{ ...grown, seats, areas: [...drawing.areas, ...areas], next }, new Set(copies.values())];
}

/** Bend each row that is chosen: its ends are so much nearer to the screen. 0 makes it straight. */
export function curved(drawing, keys, depth) {
  const places = new Map();
  for (const row of rowsChosen(drawing, keys)) bent(row, depth).forEach((place, at) => places.set(row[at].key, place));
  return changed(drawing, new Set(places.keys()), (seat) => places.get(seat.key));
}

/** Spread the seats of each row that is chosen, so that neighbours are `pitch` apart and an aisle `aisle` wide. */
export function spaced(drawing, keys, pitch, aisle) {
  const places = new Map();
  for (const row of rowsChosen(drawing, keys)) {
    const [first, last] = [row[0], row.at(-1)];
    const angle = Math.atan2(last.y - first.y, last.x - first.x);
    let way = 0;
    const ways = row.map((seat, place) => {
      if (place) way += pitch + (seat.aisle ? aisle : 0);
      return way;
    });
    const middle = middleOf(boundsOf(row));
    row.forEach((seat, place) => {
      const from = ways[place] - way / 2;
      places.set(seat.key, at(middle.x + from * Math.cos(angle), middle.y + from * Math.sin(angle)));
    });
  }
  return changed(drawing, new Set(places.keys()), (seat) => places.get(seat.key));
}

/** An aisle before each seat that is chosen, or none: those behind it in its row make room, or close up. */
export function parted(drawing, keys, aisle, width) {
  const places = new Map();
  for (const row of rowsChosen(drawing, wholeRows(drawing, keys))) {
    const angle = Math.atan2(row.at(-1).y - row[0].y, row.at(-1).x - row[0].x);
    let shift = 0;
    row.forEach((seat, place) => {
      if (place && keys.has(seat.key) && seat.aisle !== aisle) shift += aisle ? width : -width;
      const there = at(seat.x + shift * Math.cos(angle), seat.y + shift * Math.sin(angle));
      places.set(seat.key, { ...there, aisle: place > 0 && (keys.has(seat.key) ? aisle : seat.aisle) });
    });
  }
  return changed(drawing, new Set(places.keys()), (seat) => places.get(seat.key));
}

/** Name the rows that are chosen anew, from the screen to the back. */
export function renamedRows(drawing, keys, start, rules) {
  const whole = rowsChosen(drawing, wholeRows(drawing, keys));
  const depth = (row) => row.reduce((sum, seat) => sum + seat.y, 0) / row.length;
  const ordered = [...whole].sort((one, other) => depth(one) - depth(other));
  const names = rowNames(start, ordered.length, rules);
  const named = new Map(ordered.flatMap((row, place) => row.map((seat) => [seat.key, names[place]])));
  return changed(drawing, new Set(named.keys()), (seat) => ({ row: named.get(seat.key) }));
}

/** Number the chosen seats anew, row by row from the screen. `onwards`: a row goes on where the last one ended. */
export function renumbered(drawing, keys, rules) {
  const depth = (row) => row.reduce((sum, seat) => sum + seat.y, 0) / row.length;
  const rows = rowsChosen(drawing, keys).sort((one, other) => depth(one) - depth(other));
  const numbers = new Map();
  let { start } = rules;
  for (const row of rows) {
    const lengths = [0];
    row.forEach((seat, place) => {
      if (seat.aisle && place) lengths.push(0);
      lengths[lengths.length - 1] += 1;
    });
    const given = seatNumbers(lengths, { ...rules, start });
    row.forEach((seat, place) => numbers.set(seat.key, given[place]));
    if (rules.onwards) start = Math.max(...given.map(Number)) + 1;
  }
  return changed(drawing, new Set(numbers.keys()), (seat) => ({ number: numbers.get(seat.key) }));
}

/** New rows: `groups` are lengths of runs beside each other with aisles between; see the form of the editor. */
export function withRows(drawing, { section, rows, groups, zone, x, y, pitch, rowPitch, aisle, curve, ...rules }) {
  let { next } = drawing;
  const made = [];
  let { start } = rules;
  const names = rowNames(rules.row, rows, { skip: rules.skip });
  names.forEach((row, back) => {
    const numbers = seatNumbers(groups, { ...rules, start });
    if (rules.onwards) start = Math.max(...numbers.map(Number)) + 1;
    let [way, place] = [0, 0];
    const seats = groups.flatMap((length, group) => {
      way += group ? aisle : 0;
      return Array.from({ length }, (_, inGroup) => {
        const seat = { key: next, section, row, number: numbers[place], zone, kind: "standard", wheelchair: null };
        const placed = { ...seat, ...at(x + way, y + back * rowPitch), aisle: group > 0 && inGroup === 0 };
        [next, place, way] = [next + 1, place + 1, way + pitch];
        return placed;
      });
    });
    const places = curve ? bent(seats, curve) : seats;
    made.push(...seats.map((seat, at) => ({ ...seat, x: places[at].x, y: places[at].y })));
  });
  const keys = new Set(made.map((seat) => seat.key));
  return [{ ...drawing, seats: [...drawing.seats, ...made], next }, keys];
}

/** One row of seats at these places, with the numbers that its scheme gives. */
export function withRowAt(drawing, places, { section, row, zone, ...rules }) {
  const numbers = seatNumbers([places.length], rules);
  const known = drawing.seats.some((seat) => seat.section === section && seat.row === row);
  const made = places.map((place, index) => ({
    key: drawing.next + index,
    section,
    row,
    number: numbers[index],
    ...place,
    zone,
    kind: "standard",
    wheelchair: null,
    // A second part of a row begins a run of its own.
    aisle: known && index === 0,
  }));
  const grown = { ...drawing, seats: [...drawing.seats, ...made], next: drawing.next + made.length };
  return [grown, new Set(made.map((seat) => seat.key))];
}

export function withArea(drawing, area) {
  const grown = { ...drawing, areas: [...drawing.areas, { ...area, key: drawing.next }], next: drawing.next + 1 };
  return [grown, new Set([drawing.next])];
}

/** Make seats of that kind. A companion belongs to the nearest wheelchair place, one of its own row before others. */
export function ofKind(drawing, keys, kind) {
  const places = drawing.seats.filter((seat) => (keys.has(seat.key) ? kind : seat.kind) === "wheelchair");
  const far = (seat) => (place) =>
    (rowOf(place) === rowOf(seat) ? 0 : 1e6) + Math.hypot(place.x - seat.x, place.y - seat.y);
  const made = changed(drawing, keys, (seat) => {
    if (kind !== "companion") return { kind, wheelchair: null };
    const away = far(seat);
    const nearest = places.reduce((best, place) => (best && away(best) <= away(place) ? best : place), null);
    return { kind, wheelchair: nearest?.key ?? null };
  });
  const wheelchairs = new Set(made.seats.filter((seat) => seat.kind === "wheelchair").map((seat) => seat.key));
  // Whose wheelchair place is none any more waits for another one.
  const seats = made.seats.map((seat) =>
    seat.wheelchair && !wheelchairs.has(seat.wheelchair) ? { ...seat, wheelchair: null } : seat,
  );
  return { ...made, seats };
}

/** The keys of seats by a list of labels, or of rows (`C`, `balcony/C`) and ranges (`A-1..A-7`); and what none is. */
export function keysNamed(drawing, text) {
  const byLabel = new Map(drawing.seats.map((seat, place) => [labelOf(seat), place]));
  const keys = new Set();
  const unknown = [];
  for (const word of text.split(/[\s,;]+/).filter(Boolean)) {
    const [from, to] = word.split("..");
    const area = drawing.areas.find((one) => one.area === word);
    const row = drawing.seats.filter((seat) => rowOf(seat) === word || (!seat.section && seat.row === word));
    if (to !== undefined && byLabel.has(from) && byLabel.has(to)) {
      const [first, last] = [byLabel.get(from), byLabel.get(to)].sort((one, other) => one - other);
      drawing.seats.slice(first, last + 1).forEach((seat) => keys.add(seat.key));
    } else if (byLabel.has(word)) keys.add(drawing.seats[byLabel.get(word)].key);
    else if (row.length) row.forEach((seat) => keys.add(seat.key));
    else if (area) keys.add(area.key);
    else unknown.push(word);
  }
  return { keys, unknown };
}
