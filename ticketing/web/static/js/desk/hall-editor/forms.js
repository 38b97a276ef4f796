// The forms beside the drawing: everything that can be drawn can be typed.
import * as edits from "./edits.js";
import { labelOf, zonesOf } from "./model.js";

const number = (form, name, instead = 0) => {
  const value = Number(form.elements[name].value.replace(",", "."));
  return Number.isFinite(value) && form.elements[name].value.trim() ? value : instead;
};
const text = (form, name) => form.elements[name].value.trim();
const bounded = (value, least, most) => Math.min(Math.max(Math.round(value), least), most);

/** Lengths of runs as people write them: "4 + 8 + 4", "4 8 4", "12". */
export function groupsOf(written) {
  return written.split(/[^\d]+/).filter(Boolean).map((length) => bounded(Number(length), 1, 300)).slice(0, 40);
}

export function makeForms(root, editor, view, { say, words }) {
  const form = (name) => root.querySelector(`form[data-form="${name}"]`);
  const options = (list, values) => list.replaceChildren(...values.map((value) => new Option(value, value)));

  function numbering(from) {
    return {
      start: bounded(number(from, "start", 1), 0, 9999),
      scheme: from.elements.scheme.value,
      backwards: from.elements.backwards.checked,
      restart: from.elements.restart.checked,
      onwards: from.elements.onwards.checked,
    };
  }

  const skip = (from) => text(from, "skip");

  /** Where new rows begin: below all that stands there, in the middle of the room. */
  function spot(width) {
    const lowest = editor.drawing.seats.reduce((most, seat) => Math.max(most, seat.y), 205);
    return { x: Math.round((editor.drawing.width - width) / 2), y: lowest + 95 };
  }

  const acts = {
    rows(from) {
      const groups = groupsOf(text(from, "groups"));
      if (!groups.length) return say(words.nothing);
      const [pitch, aisle] = [number(from, "pitch", 55), number(from, "aisle", 110)];
      const width = groups.reduce((sum, length) => sum + length, -1) * pitch + (groups.length - 1) * aisle;
      const typed = text(from, "x") || text(from, "y");
      const place = typed ? { x: number(from, "x"), y: number(from, "y") } : spot(width);
      const rows = bounded(number(from, "rows", 1), 1, 200);
      editor.takeChosen(
        edits.withRows(editor.drawing, {
          ...place, ...numbering(from), rows, groups, pitch, aisle,
          section: from.elements.section.value,
          zone: text(from, "zone") || "standard",
          row: text(from, "row") || edits.nextRow(editor.drawing, from.elements.section.value, skip(from)),
          skip: skip(from),
          rowPitch: number(from, "row_pitch", 95),
          curve: number(from, "curve"),
        }),
      );
      from.elements.row.value = "";
      view.fit();
      return undefined;
    },
    find(from) {
      const { keys, unknown } = edits.keysNamed(editor.drawing, text(from, "names"));
      editor.choose(keys);
      if (unknown.length) say(words.unknown.replace("%s", unknown.slice(0, 5).join(", ")));
    },
    move(from) {
      editor.take(edits.moved(editor.drawing, editor.selection, number(from, "dx"), number(from, "dy")));
    },
    turn: (from) => editor.take(edits.rotated(editor.drawing, editor.selection, number(from, "degrees"))),
    bend: (from) => editor.take(edits.curved(editor.drawing, editor.selection, number(from, "depth"))),
    space(from) {
      const [pitch, aisle] = [number(from, "pitch", 55), number(from, "aisle", 110)];
      editor.take(edits.spaced(editor.drawing, editor.selection, pitch, aisle));
    },
    names(from) {
      const rules = { skip: skip(from), step: from.elements.upwards.checked ? -1 : 1 };
      editor.take(edits.renamedRows(editor.drawing, editor.selection, text(from, "row") || "A", rules));
    },
    numbers: (from) => editor.take(edits.renumbered(editor.drawing, editor.selection, numbering(from))),
    seat(from) {
      const [row, called, x, y] = [text(from, "row"), text(from, "number"), number(from, "x"), number(from, "y")];
      editor.take(edits.changed(editor.drawing, editor.selection, () => ({ row, number: called, x, y })));
    },
    companion(from) {
      const place = editor.drawing.seats.find((seat) => labelOf(seat) === text(from, "wheelchair"));
      if (place?.kind !== "wheelchair") return say(words.unknown.replace("%s", text(from, "wheelchair")));
      const change = () => ({ kind: "companion", wheelchair: place.key });
      return editor.take(edits.changed(editor.drawing, editor.selection, change));
    },
    zone: (from) => editor.take(edits.changed(editor.drawing, editor.selection, () => ({ zone: text(from, "zone") }))),
    kind: (from) => editor.take(edits.ofKind(editor.drawing, editor.selection, from.elements.kind.value)),
    area(from) {
      const values = { area: text(from, "area"), capacity: bounded(number(from, "capacity", 1), 1, 20000) };
      const place = { x: number(from, "x"), y: number(from, "y") };
      const size = { width: Math.max(number(from, "width", 400), 10), height: Math.max(number(from, "height", 200), 10) };
      const area = { ...values, ...place, ...size, zone: text(from, "zone") || "standard" };
      const only = onlyArea();
      if (only) editor.take(edits.changed(editor.drawing, new Set([only.key]), () => area));
      else editor.takeChosen(edits.withArea(editor.drawing, area));
    },
    section(from) {
      const id = text(from, "section");
      const name = {};
      for (const code of ["kk", "ru", "fr", "en"]) if (text(from, `name_${code}`)) name[code] = text(from, `name_${code}`);
      const section = { section: id, name, kind: from.elements.kind.value };
      const known = editor.drawing.sections.some((one) => one.section === id);
      const sections = known
        ? editor.drawing.sections.map((one) => (one.section === id ? section : one))
        : [...editor.drawing.sections, section];
      editor.take({ ...editor.drawing, sections });
    },
    assign(from) {
      const { value } = from.elements.section;
      const isSeat = new Set(editor.drawing.seats.filter((seat) => editor.selection.has(seat.key)).map((seat) => seat.key));
      editor.take(edits.changed(editor.drawing, isSeat, () => ({ section: value })));
    },
    room(from) {
      const [width, height] = [Math.max(number(from, "width", 2000), 100), Math.max(number(from, "height", 2000), 100)];
      const [wide, deep] = [number(from, "screen_width"), number(from, "screen_y", 40)];
      const screen = wide > 0 ? [(width - wide) / 2, deep, (width + wide) / 2, deep] : null;
      const focal = text(from, "focal_x") ? [number(from, "focal_x"), number(from, "focal_y")] : null;
      editor.take({ ...editor.drawing, width, height, screen, focal });
    },
  };

  const onlyArea = () => {
    const areas = editor.drawing.areas.filter((area) => editor.selection.has(area.key));
    return areas.length === 1 && editor.selection.size === 1 ? areas[0] : null;
  };

  root.addEventListener("submit", (event) => {
    const name = event.target.dataset.form;
    if (!acts[name]) return;
    event.preventDefault();
    editor.settle();
    acts[name](event.target, event.submitter?.value);
  });

  /** Fill in what is chosen, unless somebody is typing there. */
  function fill(name, values) {
    const to = form(name);
    if (to.contains(document.activeElement) && document.activeElement.matches("input, select")) return;
    for (const [field, value] of Object.entries(values)) to.elements[field].value = value;
  }

  function show(drawing, selection) {
    const seats = drawing.seats.filter((seat) => selection.has(seat.key));
    root.querySelectorAll("[data-sections]").forEach((list) => {
      const kept = list.value;
      list.replaceChildren(
        ...drawing.sections.map(({ section, name }) => new Option(name[document.documentElement.lang] ?? section ?? "", section)),
      );
      for (const option of list.options) option.text ||= option.value || words.hall;
      list.value = drawing.sections.some(({ section }) => section === kept) ? kept : drawing.sections[0].section;
    });
    options(root.querySelector("#zones-known"), [...new Set(["standard", "premium", ...zonesOf(drawing)])]);
    const places = drawing.seats.filter((seat) => seat.kind === "wheelchair").map(labelOf);
    options(root.querySelector("#wheelchairs-known"), places);
    form("seat").hidden = seats.length !== 1 || selection.size !== 1;
    if (!form("seat").hidden) {
      const [{ row, number: called, x, y }] = seats;
      fill("seat", { row, number: called, x, y });
    }
    const area = onlyArea();
    if (area) fill("area", { area: area.area, capacity: area.capacity, zone: area.zone, x: area.x, y: area.y, width: area.width, height: area.height });
    const [left, top, right] = drawing.screen ?? [0, 40, 0];
    fill("room", {
      width: drawing.width, height: drawing.height, screen_width: right - left, screen_y: top,
      focal_x: drawing.focal?.[0] ?? "", focal_y: drawing.focal?.[1] ?? "",
    });
    if (seats.length) fill("zone", { zone: seats[0].zone });
  }

  /** What the tools ask of the forms. */
  const rules = {
    snaps: () => root.querySelector("#snap").checked,
    row() {
      const from = form("rows");
      const { value: section } = from.elements.section;
      const row = text(from, "row") || edits.nextRow(editor.drawing, section, skip(from));
      return { ...numbering(from), section, row, zone: text(from, "zone") || "standard", pitch: number(from, "pitch", 55) };
    },
    rowDrawn() {
      form("rows").elements.row.value = "";
    },
    area(box) {
      const known = new Set(editor.drawing.areas.map((area) => area.area));
      let place = known.size + 1;
      while (known.has(`area-${place}`)) place += 1;
      return { ...box, area: `area-${place}`, capacity: bounded((box.width * box.height) / 5000, 1, 20000), zone: "standing" };
    },
    paint: () => ({ zone: text(form("zone"), "zone") || "standard" }),
  };

  return { show, rules };
}
