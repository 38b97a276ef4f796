// The hall on a canvas. An arena of 20,000 seats is drawn anew in a frame: what is out of sight is left out, and
// seats that are too small to have a shape are squares.
import { rowOf } from "./model.js";

export const COLOURS = ["#3f6fb5", "#a8487a", "#2f8f6b", "#b0722a", "#6d5bb8", "#64748b"];
const SIGNS = { wheelchair: "#k-w", companion: "#k-c", restricted: "#k-r" };
const SEAT_CM = 44;
const SHAPES_FROM_PX = 7;
const NUMBERS_FROM_PX = 17;
const NAMES_FROM_PX = 5;
const INKS = ["ink", "paper", "sheet", "line", "soft", "edge", "focus", "bad", "face"];

const colourOf = (zone) => COLOURS[zone % COLOURS.length];
const look = (id) => document.querySelector(id);

/** The outlines of `shapes.svg.html`, which all drawings of the house share. */
function shapeOf(id) {
  const drawn = look(id);
  if (drawn.hasAttribute("d")) return new Path2D(drawn.getAttribute("d"));
  const round = new Path2D();
  round.arc(0, 0, drawn.r.baseVal.value, 0, 2 * Math.PI);
  return round;
}

/** The first and the last seat of each row, where its name stands. */
function endsOf(seats) {
  const rows = new Map();
  for (const seat of seats) {
    const row = rows.get(rowOf(seat));
    if (!row) rows.set(rowOf(seat), { left: seat, right: seat });
    else if (seat.x < row.left.x) row.left = seat;
    else if (seat.x > row.right.x) row.right = seat;
  }
  return [...rows.values()];
}

export function makePainter(canvas, words) {
  const pen = canvas.getContext("2d", { alpha: false });
  const outlines = COLOURS.map((_, zone) => shapeOf(`#z${zone}`));
  const signs = Object.fromEntries(
    Object.entries(SIGNS).map(([kind, id]) => [kind, { ground: look(id).children[0].r.baseVal.value, lines: new Path2D(look(id).children[1].getAttribute("d")) }]),
  );
  let ends = { of: null, rows: [] };

  function text(said, x, y, size, weight, colour, face) {
    pen.font = `${weight} ${size}px ${face}`;
    pen.fillStyle = colour;
    pen.fillText(said, x, y);
  }

  function outline(colour, width, dashes = []) {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.setLineDash(dashes);
  }

  /** Seats of a few pixels: one colour each, that of what matters most about it. */
  function squares(seats, { zones, selection, bad }, ink, least) {
    const size = Math.max(SEAT_CM - 8, least);
    let last = null;
    for (const seat of seats) {
      const zone = zones.get(seat.zone);
      const own = zone === undefined ? ink.soft : colourOf(zone);
      const colour = selection.has(seat.key) ? ink.focus : bad.has(seat.key) ? ink.bad : own;
      if (colour !== last) pen.fillStyle = last = colour;
      pen.fillRect(seat.x - size / 2, seat.y - size / 2, size, size);
    }
  }

  function shapes(seats, { zones, selection, bad }, ink, pixel) {
    for (const seat of seats) {
      const zone = zones.get(seat.zone);
      pen.translate(seat.x, seat.y);
      if (zone !== undefined) {
        pen.fillStyle = colourOf(zone);
        pen.fill(outlines[zone % outlines.length]);
      }
      const wrong = bad.has(seat.key);
      const chosen = selection.has(seat.key);
      if (wrong || chosen) outline(chosen ? ink.focus : ink.bad, Math.max(8, 2.5 * pixel), wrong ? [9, 5] : []);
      else outline(ink.ink, 2.5, zone === undefined ? [6, 5] : []);
      pen.globalAlpha = wrong || chosen || zone === undefined ? 1 : 0.4;
      pen.stroke(outlines[(zone ?? 0) % outlines.length]);
      pen.globalAlpha = 1;
      const sign = signs[seat.kind];
      if (sign) {
        pen.beginPath();
        pen.arc(0, 0, sign.ground, 0, 2 * Math.PI);
        pen.fillStyle = "#fff";
        pen.fill();
        outline("#14151c", 4);
        pen.stroke(sign.lines);
      }
      pen.translate(-seat.x, -seat.y);
    }
  }

  function around({ drawing, zones, selection }, ink, pixel) {
    const { width, height, areas } = drawing;
    pen.fillStyle = ink.paper;
    pen.fillRect(0, 0, width, height);
    outline(ink.line, 2 * pixel);
    pen.strokeRect(0, 0, width, height);
    for (const area of areas) {
      const zone = zones.get(area.zone);
      pen.beginPath();
      pen.roundRect(area.x, area.y, area.width, area.height, 12);
      pen.globalAlpha = 0.25;
      pen.fillStyle = zone === undefined ? ink.paper : colourOf(zone);
      pen.fill();
      pen.globalAlpha = 1;
      if (selection.has(area.key)) outline(ink.focus, Math.max(8, 2.5 * pixel));
      else outline(ink.edge, 2 * pixel);
      pen.stroke();
      const [x, y] = [area.x + area.width / 2, area.y + area.height / 2];
      text(`${area.area} · ${area.capacity}`, x, y, 32, 600, ink.soft, ink.face);
    }
    if (!drawing.screen) return;
    const [x1, y1, x2, y2] = drawing.screen;
    outline(ink.ink, 14);
    pen.beginPath();
    pen.moveTo(x1, y1);
    pen.lineTo(x2, y2);
    pen.stroke();
    text(words.screen, (x1 + x2) / 2, (y1 + y2) / 2 + 34, 32, 600, ink.soft, ink.face);
  }

  /**
   * `shown` is { drawing, zones, selection, bad }: `zones` gives the place of a zone's colour, `selection` and `bad` are
   * keys. `sight` is the part of the hall that is seen, `scale` how many pixels a centimetre is.
   */
  return function paint(shown, sight, scale) {
    const density = window.devicePixelRatio || 1;
    const [wide, high] = [canvas.clientWidth * density, canvas.clientHeight * density].map(Math.round);
    // To set a size clears, even where it is the same.
    if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
    const style = getComputedStyle(canvas);
    const ink = Object.fromEntries(INKS.map((name) => [name, style.getPropertyValue(`--${name}`)]));
    const pixel = 1 / scale;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = ink.sheet;
    pen.fillRect(0, 0, wide, high);
    const drawn = scale * density;
    pen.setTransform(drawn, 0, 0, drawn, -sight.x * drawn, -sight.y * drawn);
    Object.assign(pen, { textAlign: "center", textBaseline: "middle", lineCap: "round", lineJoin: "round" });
    around(shown, ink, pixel);
    const { seats } = shown.drawing;
    const [left, right] = [sight.x - SEAT_CM, sight.x + sight.width + SEAT_CM];
    const [top, bottom] = [sight.y - SEAT_CM, sight.y + sight.height + SEAT_CM];
    const inSight = seats.filter(({ x, y }) => x > left && x < right && y > top && y < bottom);
    if (SEAT_CM * scale < SHAPES_FROM_PX) squares(inSight, shown, ink, pixel);
    else shapes(inSight, shown, ink, pixel);
    if (32 * scale >= NAMES_FROM_PX) {
      if (ends.of !== seats) ends = { of: seats, rows: endsOf(seats) };
      for (const { left: first, right: last } of ends.rows) {
        text(first.row, first.x - 58, first.y, 32, 600, ink.soft, ink.face);
        text(last.row, last.x + 58, last.y, 32, 600, ink.soft, ink.face);
      }
    }
    if (SEAT_CM * scale < NUMBERS_FROM_PX) return;
    for (const seat of inSight) if (seat.kind === "standard") text(seat.number, seat.x, seat.y, 19, 700, shown.zones.has(seat.zone) ? "#fff" : ink.soft, ink.face);
  };
}
