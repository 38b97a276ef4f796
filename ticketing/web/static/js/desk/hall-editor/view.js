// The drawing on the screen: one element a seat, made once and changed only where its seat has changed.
import { at, boundsOf } from "./geometry.js";
import { rowOf, zonesOf } from "./model.js";

const SVG = "http://www.w3.org/2000/svg";
const SIGNS = { wheelchair: "#k-w", companion: "#k-c", restricted: "#k-r" };
export const COLOURS = ["#3f6fb5", "#a8487a", "#2f8f6b", "#b0722a", "#6d5bb8", "#64748b"];
const NUMBERS_FROM_PX = 17;
const NUMBERS_MAX = 1500;
const ZOOM_MAX_PX = 3;

export function element(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function makeView(svg, words) {
  const layer = (name) => svg.appendChild(element("g", { class: name }));
  const room = svg.appendChild(element("rect", { class: "room", x: 0, y: 0 }));
  const [areas, stage, names, seats, numbers, over] = ["areas", "stage", "names", "seats", "numbers", "over"].map(layer);
  const known = new Map();
  let sight = { x: -100, y: -100, width: 2200, height: 2200 };
  let shown = { drawing: null, selection: new Set(), bad: new Set(), zones: [] };

  /** How many pixels a centimetre is. */
  const scale = () => (svg.clientWidth || 1) / sight.width;

  function look(next) {
    const ratio = (svg.clientHeight || 1) / (svg.clientWidth || 1);
    const least = (svg.clientWidth || 1) / ZOOM_MAX_PX;
    const width = Math.min(Math.max(next.width, least), 200000);
    sight = { x: next.x, y: next.y, width, height: width * ratio };
    svg.setAttribute("viewBox", `${sight.x} ${sight.y} ${sight.width} ${sight.height}`);
    svg.style.setProperty("--cm", 1 / scale());
    number();
  }

  function pointAt(event) {
    const frame = svg.getBoundingClientRect();
    return at(sight.x + (event.clientX - frame.left) / scale(), sight.y + (event.clientY - frame.top) / scale());
  }

  /** Nearer (a factor above 1) or farther, with that point of the hall staying where it is. */
  function zoom(factor, around = { x: sight.x + sight.width / 2, y: sight.y + sight.height / 2 }) {
    const width = sight.width / factor;
    const share = width / sight.width;
    look({ x: around.x - (around.x - sight.x) * share, y: around.y - (around.y - sight.y) * share, width });
  }

  const pan = (dx, dy) => look({ ...sight, x: sight.x - dx / scale(), y: sight.y - dy / scale() });

  function fit(things = null) {
    const { drawing } = shown;
    const ends = drawing.screen ? [at(drawing.screen[0], drawing.screen[1]), at(drawing.screen[2], drawing.screen[3])] : [];
    const all = things ?? [...drawing.seats, ...drawing.areas, ...ends];
    const box = boundsOf(all) ?? { left: 0, top: 0, right: drawing.width, bottom: drawing.height };
    const margin = 130;
    const ratio = (svg.clientHeight || 1) / (svg.clientWidth || 1);
    const [wide, high] = [box.right - box.left + 2 * margin, box.bottom - box.top + 2 * margin];
    const width = Math.max(wide, high / ratio);
    look({ x: (box.left + box.right - width) / 2, y: (box.top + box.bottom - width * ratio) / 2, width });
  }

  /** Bring a point into sight where it is not. */
  function reveal({ x, y }) {
    const edge = 60;
    const inside = x > sight.x + edge && x < sight.x + sight.width - edge && y > sight.y + edge && y < sight.y + sight.height - edge;
    if (!inside) look({ ...sight, x: x - sight.width / 2, y: y - sight.height / 2 });
  }

  function drawSeat(seat, zones) {
    let entry = known.get(seat.key);
    if (!entry) {
      const use = element("use", { class: "s", "data-key": seat.key });
      entry = { use, sign: null, seat: null, zone: -2 };
      seats.append(use);
      known.set(seat.key, entry);
    }
    const zone = zones.indexOf(seat.zone);
    if (entry.seat === seat && entry.zone === zone) return;
    const { use } = entry;
    use.setAttribute("x", seat.x);
    use.setAttribute("y", seat.y);
    use.setAttribute("href", `#z${zone < 0 ? 0 : zone % COLOURS.length}`);
    use.setAttribute("fill", zone < 0 ? "none" : COLOURS[zone % COLOURS.length]);
    const sign = SIGNS[seat.kind];
    if (!sign) {
      entry.sign?.remove();
      entry.sign = null;
    } else {
      entry.sign ??= seats.appendChild(element("use", { class: "sign" }));
      entry.sign.setAttribute("href", sign);
      entry.sign.setAttribute("x", seat.x);
      entry.sign.setAttribute("y", seat.y);
    }
    Object.assign(entry, { seat, zone });
  }

  function drawAround(drawing, zones, selection) {
    room.setAttribute("width", drawing.width);
    room.setAttribute("height", drawing.height);
    areas.replaceChildren(
      ...drawing.areas.flatMap((area) => {
        const { x, y, width, height } = area;
        const zone = zones.indexOf(area.zone);
        const box = { x, y, width, height, rx: 12, "data-key": area.key, fill: zone < 0 ? "none" : COLOURS[zone % COLOURS.length] };
        const text = element("text", { x: x + width / 2, y: y + height / 2 }, `${area.area} · ${area.capacity}`);
        return [element("rect", { ...box, class: selection.has(area.key) ? "area chosen" : "area" }), text];
      }),
    );
    const [x1, y1, x2, y2] = drawing.screen ?? [];
    stage.replaceChildren(
      ...(drawing.screen
        ? [
            element("path", { class: "screen", d: `M${x1} ${y1}L${x2} ${y2}` }),
            element("text", { x: (x1 + x2) / 2, y: (y1 + y2) / 2 + 34 }, words.screen),
          ]
        : []),
    );
    if (drawing.focal) {
      const [x, y] = drawing.focal;
      const title = element("title", {}, words.focal);
      stage.append(element("g", { class: "focal", "data-focal": "" }, title, element("circle", { cx: x, cy: y, r: 26 }), element("path", { d: `M${x - 44} ${y}h88M${x} ${y - 44}v88` })));
    }
    const parts = new Map();
    for (const seat of drawing.seats) {
      const part = parts.get(rowOf(seat)) ?? { row: seat.row, left: seat, right: seat };
      if (seat.x < part.left.x) part.left = seat;
      if (seat.x > part.right.x) part.right = seat;
      parts.set(rowOf(seat), part);
    }
    names.replaceChildren(
      ...[...parts.values()].flatMap(({ row, left, right }) => [
        element("text", { x: left.x - 58, y: left.y }, row),
        element("text", { x: right.x + 58, y: right.y }, row),
      ]),
    );
  }

  function render(drawing, selection, bad) {
    const zones = zonesOf(drawing);
    if (drawing !== shown.drawing || selection !== shown.selection) drawAround(drawing, zones, selection);
    const alive = new Set();
    for (const seat of drawing.seats) {
      alive.add(seat.key);
      drawSeat(seat, zones);
      const { use } = known.get(seat.key);
      use.classList.toggle("chosen", selection.has(seat.key));
      use.classList.toggle("wrong", bad.has(seat.key));
    }
    for (const [key, entry] of known) {
      if (alive.has(key)) continue;
      entry.use.remove();
      entry.sign?.remove();
      known.delete(key);
    }
    shown = { drawing, selection, bad, zones };
    number();
  }

  /** The numbers of seats, where they can be read: of those in sight alone. */
  function number() {
    const near = 44 * scale() >= NUMBERS_FROM_PX;
    const inSight = near
      ? (shown.drawing?.seats ?? []).filter(
          ({ x, y }) => x > sight.x && x < sight.x + sight.width && y > sight.y && y < sight.y + sight.height,
        )
      : [];
    const plain = inSight.filter((seat) => seat.kind === "standard").slice(0, NUMBERS_MAX);
    numbers.replaceChildren(...plain.map((seat) => element("text", { x: seat.x, y: seat.y }, seat.number)));
  }

  return { svg, over, render, look, pointAt, zoom, pan, fit, reveal, scale, get sight() { return sight; }, get shown() { return shown; } };
}
