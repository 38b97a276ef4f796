// What is seen of the drawing: the hall on a canvas, drawn at most once a frame; above it, as elements, what is being done.
import { at, boundsOf } from "./geometry.js";
import { zonesOf } from "./model.js";
import { makePainter } from "./painting.js";

const SVG = "http://www.w3.org/2000/svg";
const ZOOM_MAX_PX = 3;

export function element(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function makeView(svg, words) {
  const [marks, over] = ["marks", "over"].map((name) => svg.appendChild(element("g", { class: name })));
  const paint = makePainter(svg.parentElement.querySelector("canvas"), words);
  let sight = { x: -100, y: -100, width: 2200, height: 2200 };
  let shown = { drawing: null, selection: new Set(), bad: new Set(), zones: new Map() };
  let due = 0;

  function draw() {
    due ||= requestAnimationFrame(() => {
      due = 0;
      paint(shown, sight, scale());
    });
  }

  /** How many pixels a centimetre is. */
  const scale = () => (svg.clientWidth || 1) / sight.width;

  function look(next) {
    const ratio = (svg.clientHeight || 1) / (svg.clientWidth || 1);
    const least = (svg.clientWidth || 1) / ZOOM_MAX_PX;
    const width = Math.min(Math.max(next.width, least), 200000);
    sight = { x: next.x, y: next.y, width, height: width * ratio };
    svg.setAttribute("viewBox", `${sight.x} ${sight.y} ${sight.width} ${sight.height}`);
    svg.style.setProperty("--cm", 1 / scale());
    draw();
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

  function mark({ focal }) {
    marks.replaceChildren();
    if (!focal) return;
    const [x, y] = focal;
    const cross = element("path", { d: `M${x - 44} ${y}h88M${x} ${y - 44}v88` });
    const title = element("title", {}, words.focal);
    marks.append(element("g", { class: "focal", "data-focal": "" }, title, element("circle", { cx: x, cy: y, r: 26 }), cross));
  }

  function render(drawing, selection, bad) {
    const known = drawing === shown.drawing;
    if (!known && drawing.focal !== shown.drawing?.focal) mark(drawing);
    const zones = known ? shown.zones : new Map(zonesOf(drawing).map((zone, place) => [zone, place]));
    shown = { drawing, selection, bad, zones };
    draw();
  }

  // Colours are those of the page, in the light and in the dark.
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

  return { svg, over, render, look, pointAt, zoom, pan, fit, reveal, scale, get sight() { return sight; }, get shown() { return shown; } };
}
