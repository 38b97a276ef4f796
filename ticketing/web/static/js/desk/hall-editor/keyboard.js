// The whole editor by keys. On the drawing: arrows walk from seat to seat, Space chooses, Alt and arrows move.
import { moved, removed, wholeRows } from "./edits.js";
import { nearest, neighbour } from "./geometry.js";
import { element } from "./view.js";

const STEP_CM = 5;
const FAR_CM = 50;
const TOOLS = { v: "select", h: "hand", r: "row", b: "brush", a: "area" };

export function makeKeyboard(editor, view, { use, act, say, spoken }) {
  const { svg, over } = view;
  const ring = element("circle", { class: "cursor", r: 36 });
  let cursor = null;

  const seats = () => [...editor.drawing.seats, ...editor.drawing.areas];
  const here = () => seats().find((seat) => seat.key === cursor) ?? null;

  function show(seat) {
    cursor = seat?.key ?? null;
    if (!seat) return ring.remove();
    ring.setAttribute("cx", seat.x + (seat.width ?? 0) / 2);
    ring.setAttribute("cy", seat.y + (seat.height ?? 0) / 2);
    over.append(ring);
    view.reveal(seat);
    return say(spoken(seat));
  }

  function walk(direction) {
    const { sight } = view;
    const from = here();
    const middle = { x: sight.x + sight.width / 2, y: sight.y + sight.height / 2 };
    const to = from ? neighbour(seats(), from, direction) : nearest(seats(), middle);
    if (to) show(to);
  }

  function shift(direction, far) {
    const step = far ? FAR_CM : STEP_CM;
    const [dx, dy] = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[direction];
    if (!editor.selection.size && cursor) editor.choose(new Set([cursor]));
    editor.take(moved(editor.drawing, editor.selection, dx, dy), `nudge-${direction}`);
    if (here()) show(here());
  }

  function toggle(whole) {
    if (!here()) return;
    const keys = whole ? wholeRows(editor.drawing, new Set([cursor])) : new Set([cursor]);
    const chosen = new Set(editor.selection);
    const had = [...keys].every((key) => chosen.has(key));
    keys.forEach((key) => (had ? chosen.delete(key) : chosen.add(key)));
    editor.choose(chosen);
  }

  function remove() {
    const keys = editor.selection.size ? editor.selection : new Set(cursor ? [cursor] : []);
    if (keys.size) editor.take(removed(editor.drawing, keys));
    if (!here()) show(null);
  }

  const plain = {
    " ": () => toggle(false),
    Enter: () => toggle(true),
    Delete: remove,
    Backspace: remove,
    Escape: () => (editor.selection.size ? editor.choose(new Set()) : show(null)),
    "+": () => view.zoom(1.25),
    "=": () => view.zoom(1.25),
    "-": () => view.zoom(0.8),
    0: () => view.fit(),
  };

  svg.addEventListener("keydown", (event) => {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey || event.metaKey) return;
    if (key.startsWith("Arrow")) {
      event.preventDefault();
      if (event.altKey || event.shiftKey) shift(key, event.shiftKey);
      else walk(key);
    } else if (plain[key]) {
      event.preventDefault();
      plain[key]();
    } else if (TOOLS[key] && !event.altKey) use(TOOLS[key]);
  });
  svg.addEventListener("blur", () => ring.remove());
  svg.addEventListener("focus", () => here() && over.append(ring));

  // Everywhere but in a field, where these keys are the field's own.
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    const key = event.key.toLowerCase();
    const wanted = { z: event.shiftKey ? "redo" : "undo", y: "redo", s: "save", d: "duplicate", a: "all" }[key];
    if (!wanted) return;
    event.preventDefault();
    act(wanted);
  });
}
