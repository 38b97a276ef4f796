// A hall as it is drawn, and the document of our own format that it is saved as. Pure; states never change.
//
// drawing = { width, height, focal, screen, sections, seats, areas, next }
// section = { section, name, kind }
// seat    = { key, section, row, number, x, y, zone, kind, wheelchair, aisle }  in the order of the hall
// area    = { key, area, capacity, zone, x, y, width, height }
//
// `key` names a thing while it is drawn, whatever it is called; `wheelchair` is the key of a companion's place;
// `aisle`: an aisle lies before this seat, so that a run begins with it. Who stand in one row are told by its name.
export const FORMAT = "ticketing-hall/1";
export const MARGIN_CM = 80;
const AREA_FIELDS = ["area", "capacity", "zone", "x", "y", "width", "height"];

export const labelOf = (seat) => (seat.section ? `${seat.section}/` : "") + `${seat.row}-${seat.number}`;
export const rowOf = (seat) => `${seat.section}/${seat.row}`;

/** An empty room with its screen. */
export function emptyDrawing() {
  return {
    width: 2000,
    height: 2000,
    focal: null,
    screen: [400, 40, 1600, 40],
    sections: [{ section: "", name: {}, kind: "stalls" }],
    seats: [],
    areas: [],
    next: 1,
  };
}

/** The drawing of a document; one that is no hall yet gives what can be read of it. */
export function fromDocument(document) {
  const drawing = emptyDrawing();
  let next = 1;
  const companions = [];
  const sections = document.sections ?? [];
  for (const section of sections) {
    for (const row of section.rows ?? []) {
      row.runs.forEach((run, place) => {
        run.forEach((seat, inRun) => {
          const made = {
            key: next,
            section: section.section ?? "",
            row: String(row.row),
            number: String(seat.number),
            x: Number(seat.x),
            y: Number(seat.y),
            zone: seat.zone ?? row.zone ?? section.zone ?? "standard",
            kind: seat.kind ?? "standard",
            wheelchair: null,
            aisle: place > 0 && inRun === 0,
          };
          next += 1;
          if (seat.companion_of) companions.push([made, seat.companion_of]);
          drawing.seats.push(made);
        });
      });
    }
  }
  const byLabel = new Map(drawing.seats.map((seat) => [labelOf(seat), seat.key]));
  for (const [seat, label] of companions) seat.wheelchair = byLabel.get(label) ?? null;
  for (const area of document.areas ?? []) {
    drawing.areas.push({ key: next, zone: "standard", ...area });
    next += 1;
  }
  return {
    ...drawing,
    width: document.width ?? drawing.width,
    height: document.height ?? drawing.height,
    focal: document.focal ?? null,
    // A document without any place is an empty drawing: it gets the screen of one.
    screen: document.screen ?? (drawing.seats.length + drawing.areas.length ? null : drawing.screen),
    sections: sections.length
      ? sections.map(({ section, name, kind }) => ({ section: section ?? "", name: name ?? {}, kind: kind ?? "stalls" }))
      : drawing.sections,
    next,
  };
}

/** The rows in the order of the hall: [{ section, row, runs: [[seat…]…] }], parts of one name together. */
export function rowsOf(drawing) {
  const rows = new Map();
  for (const seat of drawing.seats) {
    const row = rows.get(rowOf(seat)) ?? { section: seat.section, row: seat.row, runs: [] };
    rows.set(rowOf(seat), row);
    if (seat.aisle || !row.runs.length) row.runs.push([]);
    row.runs.at(-1).push(seat);
  }
  return [...rows.values()];
}

/** The document of a drawing. What nobody said follows from the rest: the room is as large as what stands in it. */
export function toDocument(drawing) {
  const labels = new Map(drawing.seats.map((seat) => [seat.key, labelOf(seat)]));
  const rows = rowsOf(drawing);
  const right = Math.max(0, ...map(drawing, (thing) => thing.x + (thing.width ?? 0)));
  const bottom = Math.max(0, ...map(drawing, (thing) => thing.y + (thing.height ?? 0)));
  const width = Math.max(drawing.width, right);
  const height = Math.max(drawing.height, bottom);
  const document = {
    format: FORMAT,
    width: width === drawing.width ? width : width + MARGIN_CM,
    height: height === drawing.height ? height : height + MARGIN_CM,
    sections: drawing.sections.map((section) => ({
      ...section,
      rows: rows
        .filter((row) => row.section === section.section)
        .map(({ row, runs }) => ({ row, runs: runs.map((run) => run.map((seat) => told(seat, labels))) })),
    })),
    areas: drawing.areas.map((area) => Object.fromEntries(AREA_FIELDS.map((field) => [field, area[field]]))),
  };
  if (drawing.focal) document.focal = drawing.focal;
  if (drawing.screen) document.screen = drawing.screen;
  return document;
}

// Not spread into a call: a hall may have more places than a call takes arguments.
function map(drawing, value) {
  const largest = (things) => things.reduce((most, thing) => Math.max(most, value(thing)), 0);
  return [largest(drawing.seats), largest(drawing.areas)];
}

function told(seat, labels) {
  const document = { number: seat.number, x: seat.x, y: seat.y, zone: seat.zone };
  if (seat.kind !== "standard") document.kind = seat.kind;
  if (seat.kind === "companion" && labels.has(seat.wheelchair)) document.companion_of = labels.get(seat.wheelchair);
  return document;
}

/** How many people there is room for. */
export const capacityOf = (drawing) =>
  drawing.seats.length + drawing.areas.reduce((sum, area) => sum + (Number(area.capacity) || 0), 0);

/** The zones in use, in the order of the alphabet. */
export const zonesOf = (drawing) =>
  [...new Set([...drawing.seats, ...drawing.areas].map((thing) => thing.zone))].filter(Boolean).sort();
