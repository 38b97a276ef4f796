// What a mouse, a pen or a finger does on the drawing: choose, move, paint, draw rows and areas, look around.
import { at, boundsOf, boxOf, isInside, nearest, pointsAlong } from "./geometry.js";
import { changed, moved, wholeRows, withArea, withRowAt } from "./edits.js";
import { element } from "./view.js";

const DRAG_PX_MIN = 4;
const HIT_CM = 30;
const FINGER_PX = 22;

/** `editor` is the desk of `editor.js`; `rules` answers what the forms say of new rows, areas and the brush. */
export function makeTools(editor, view, rules) {
  const { svg, over } = view;
  const fingers = new Map();
  let tool = "select";
  let doing = null;
  let strokes = 0;

  const snap = (value) => (rules.snaps() ? Math.round(value / 5) * 5 : value);
  const snapped = ({ x, y }) => at(snap(x), snap(y));

  function hit(event) {
    const point = view.pointAt(event);
    const reach = Math.max(HIT_CM, event.pointerType === "touch" ? FINGER_PX / view.scale() : 0);
    const seat = nearest(editor.drawing.seats, point);
    if (seat && Math.hypot(seat.x - point.x, seat.y - point.y) <= reach) return seat.key;
    // What was drawn last lies on top.
    return editor.drawing.areas.findLast((area) => isInside(point, boundsOf([area])))?.key ?? null;
  }

  const tools = {
    select: {
      down(event, point) {
        if (event.target.closest?.("[data-focal]")) return { move: (to) => editor.take({ ...editor.drawing, focal: [to.x, to.y] }, `focal-${strokes}`) };
        const key = hit(event);
        if (key === null) return marquee(event, point);
        const more = event.shiftKey || event.ctrlKey || event.metaKey;
        if (more) {
          const chosen = new Set(editor.selection);
          if (!chosen.delete(key)) chosen.add(key);
          editor.choose(chosen);
          return null;
        }
        if (!editor.selection.has(key)) editor.choose(event.altKey ? wholeRows(editor.drawing, new Set([key])) : new Set([key]));
        return drag(point);
      },
    },
    hand: { down: (event) => panning(event) },
    row: {
      down: (_event, from) => stroke(from, {
        preview: (to) => pointsAlong(snapped(from), to, rules.row().pitch).map(({ x, y }) => element("use", { href: "#z0", x, y, class: "ghost" })),
        done(to, far) {
          const row = rules.row();
          editor.takeChosen(withRowAt(editor.drawing, pointsAlong(snapped(from), far ? to : snapped(from), row.pitch), row));
          rules.rowDrawn();
        },
      }),
    },
    area: {
      down: (_event, from) => stroke(from, {
        preview(to) {
          const { left, top, right, bottom } = boxOf(snapped(from), to);
          return [element("rect", { class: "ghost", x: left, y: top, width: right - left, height: bottom - top })];
        },
        done(to, far) {
          const { left, top, right, bottom } = far ? boxOf(snapped(from), to) : boxOf(from, { x: from.x + 400, y: from.y + 200 });
          const box = { x: left, y: top, width: Math.max(right - left, 50), height: Math.max(bottom - top, 50) };
          editor.takeChosen(withArea(editor.drawing, rules.area(box)));
        },
      }),
    },
    brush: {
      down(event) {
        const before = editor.drawing;
        const paint = (now) => {
          const key = hit(now);
          if (key !== null) editor.take(changed(editor.drawing, new Set([key]), () => rules.paint()), `brush-${strokes}`);
        };
        paint(event);
        return { move: (_point, now) => paint(now), cancel: () => backTo(before) };
      },
    },
  };

  function panning(event) {
    let last = event;
    return {
      move(_point, now) {
        view.pan(now.clientX - last.clientX, now.clientY - last.clientY);
        last = now;
      },
    };
  }

  /** A second finger looks around: what the first one has begun is taken back. */
  const backTo = (before) => editor.drawing !== before && editor.undo();

  function drag(from) {
    const before = editor.drawing;
    let done = { x: 0, y: 0 };
    return {
      move(to) {
        const wanted = { x: snap(to.x - from.x), y: snap(to.y - from.y) };
        if (wanted.x === done.x && wanted.y === done.y) return;
        editor.take(moved(editor.drawing, editor.selection, wanted.x - done.x, wanted.y - done.y), `drag-${strokes}`);
        done = wanted;
      },
      cancel: () => backTo(before),
    };
  }

  function marquee(event, from) {
    const before = event.shiftKey ? editor.selection : new Set();
    const box = over.appendChild(element("rect", { class: "marquee" }));
    return {
      move(to) {
        const { left, top, right, bottom } = boxOf(from, to);
        for (const [name, value] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top })) box.setAttribute(name, value);
      },
      up(to) {
        box.remove();
        const frame = boxOf(from, to);
        const inside = [...editor.drawing.seats, ...editor.drawing.areas].filter((thing) => isInside(thing, frame));
        editor.choose(new Set([...before, ...inside.map((thing) => thing.key)]));
      },
      cancel: () => box.remove(),
    };
  }

  function stroke(from, { preview, done }) {
    const show = (to) => over.replaceChildren(...preview(snapped(to)));
    show(from);
    return {
      move: show,
      up(to, far) {
        over.replaceChildren();
        done(snapped(to), far);
      },
      cancel: () => over.replaceChildren(),
    };
  }

  function give(up) {
    doing?.cancel?.();
    doing = up;
  }

  svg.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, event);
    svg.setPointerCapture(event.pointerId);
    svg.focus({ preventScroll: true });
    if (fingers.size > 1) return give(null);
    editor.settle();
    strokes += 1;
    const start = { x: event.clientX, y: event.clientY };
    const point = view.pointAt(event);
    const looks = event.button === 1 || (event.button === 0 && event.altKey && tool === "hand");
    doing = looks ? panning(event) : event.button === 0 ? tools[tool].down(event, point) : null;
    if (doing) Object.assign(doing, { start, far: false });
    return undefined;
  });
  svg.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    if (fingers.size === 2) pinch(event);
    fingers.set(event.pointerId, event);
    if (!doing) return;
    doing.far ||= Math.hypot(event.clientX - doing.start.x, event.clientY - doing.start.y) >= DRAG_PX_MIN;
    if (doing.far) doing.move?.(view.pointAt(event), event);
  });
  const ended = (event) => {
    fingers.delete(event.pointerId);
    if (event.type === "pointerup") doing?.up?.(view.pointAt(event), doing.far);
    else doing?.cancel?.();
    doing = null;
    editor.settle();
  };
  svg.addEventListener("pointerup", ended);
  svg.addEventListener("pointercancel", ended);
  svg.addEventListener("dblclick", (event) => {
    const key = hit(event);
    if (key !== null && tool === "select") editor.choose(wholeRows(editor.drawing, new Set([key])));
  });
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    if (event.shiftKey) view.pan(-event.deltaY, 0);
    else view.zoom(Math.exp(-event.deltaY / 500), view.pointAt(event));
  }, { passive: false });

  /** Two fingers: what is between them stays between them. */
  function pinch(event) {
    const [one, other] = [...fingers.values()];
    const fixed = one.pointerId === event.pointerId ? other : one;
    const moving = fingers.get(event.pointerId);
    const span = (finger) => Math.hypot(finger.clientX - fixed.clientX, finger.clientY - fixed.clientY) || 1;
    view.pan((event.clientX - moving.clientX) / 2, (event.clientY - moving.clientY) / 2);
    const middle = { clientX: (event.clientX + fixed.clientX) / 2, clientY: (event.clientY + fixed.clientY) / 2 };
    view.zoom(span(event) / span(moving), view.pointAt(middle));
  }

  return {
    get tool() {
      return tool;
    },
    use(name) {
      tool = name;
      svg.dataset.taken = name;
      give(null);
    },
  };
}
