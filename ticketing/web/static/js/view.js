// Looking around in the hall: wheel, fingers, buttons, arrow keys. Only the viewBox changes, never the seats.
const STEP = 1.4;
const NEAR_MAX = 8;

export function makeView(svg, buttons, { uses, toggle, told, spoken }) {
  const [left, top, width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const whole = { x: left, y: top, w: width, h: height };
  let box = { ...whole };
  let dragged = 0;

  function set(next) {
    const w = Math.min(whole.w, Math.max(whole.w / NEAR_MAX, next.w));
    const h = (w * whole.h) / whole.w;
    box = {
      x: Math.min(whole.x + whole.w - w, Math.max(whole.x, next.x)),
      y: Math.min(whole.y + whole.h - h, Math.max(whole.y, next.y)),
      w,
      h,
    };
    svg.setAttribute("viewBox", `${box.x} ${box.y} ${box.w} ${box.h}`);
    svg.classList.toggle("near", w < whole.w * 0.999);
  }

  function point(x, y) {
    return new DOMPoint(x, y).matrixTransform(svg.getScreenCTM().inverse());
  }

  function zoom(factor, at = { x: box.x + box.w / 2, y: box.y + box.h / 2 }) {
    const w = Math.min(whole.w, Math.max(whole.w / NEAR_MAX, box.w / factor));
    const share = w / box.w;
    set({ x: at.x - (at.x - box.x) * share, y: at.y - (at.y - box.y) * share, w });
  }

  buttons.addEventListener("click", (event) => {
    const kind = event.target.dataset.zoom;
    if (kind === "whole") set(whole);
    else if (kind) zoom(kind === "in" ? STEP : 1 / STEP);
  });

  svg.addEventListener(
    "wheel",
    (event) => {
      // A page that is scrolled past the map goes on scrolling; with Ctrl, or once near, the wheel zooms.
      if (!event.ctrlKey && !svg.classList.contains("near")) return;
      event.preventDefault();
      zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, point(event.clientX, event.clientY));
    },
    { passive: false },
  );

  const fingers = new Map();
  svg.addEventListener("pointerdown", (event) => {
    if (fingers.size === 0) dragged = 0;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  svg.addEventListener("pointermove", (event) => {
    const from = fingers.get(event.pointerId);
    if (!from) return;
    const to = { x: event.clientX, y: event.clientY };
    const unit = box.w / svg.getBoundingClientRect().width;
    if (fingers.size === 2) {
      const other = [...fingers.entries()].find(([id]) => id !== event.pointerId)[1];
      const before = Math.hypot(from.x - other.x, from.y - other.y);
      const after = Math.hypot(to.x - other.x, to.y - other.y);
      if (before > 0) zoom(after / before, point((to.x + other.x) / 2, (to.y + other.y) / 2));
      dragged += 10;
    } else {
      dragged += Math.abs(to.x - from.x) + Math.abs(to.y - from.y);
      if (dragged > 6 && svg.classList.contains("near")) {
        svg.setPointerCapture(event.pointerId);
        set({ x: box.x - (to.x - from.x) * unit, y: box.y - (to.y - from.y) * unit, w: box.w });
      }
    }
    fingers.set(event.pointerId, to);
  });
  for (const kind of ["pointerup", "pointercancel", "pointerleave"]) {
    svg.addEventListener(kind, (event) => fingers.delete(event.pointerId));
  }
  // Two fingers are ours from the first touch on, or the browser would zoom the page.
  svg.addEventListener("touchmove", (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });

  // Arrow keys go to the nearest seat in their direction; Enter and space take it.
  const places = uses.map((use) => ({ x: use.x.baseVal.value, y: use.y.baseVal.value }));
  const ring = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  ring.setAttribute("class", "cursor");
  ring.setAttribute("r", "34");
  let current = -1;

  function go(index) {
    current = index;
    ring.setAttribute("cx", places[index].x);
    ring.setAttribute("cy", places[index].y);
    svg.append(ring);
    const { x, y } = places[index];
    if (x < box.x || x > box.x + box.w || y < box.y || y > box.y + box.h) set({ x: x - box.w / 2, y: y - box.h / 2, w: box.w });
    told.textContent = spoken(index);
  }

  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  svg.setAttribute("tabindex", "0");
  svg.setAttribute("role", "application");
  svg.addEventListener("keydown", (event) => {
    const way = ways[event.key];
    if (way) {
      event.preventDefault();
      if (current < 0) return go(0);
      let best = -1;
      let least = Infinity;
      places.forEach((to, index) => {
        const dx = to.x - places[current].x;
        const dy = to.y - places[current].y;
        const along = dx * way[0] + dy * way[1];
        const aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
        if (index !== current && along > 4 && along + aside * 3 < least) {
          least = along + aside * 3;
          best = index;
        }
      });
      if (best >= 0) go(best);
    } else if ((event.key === "Enter" || event.key === " ") && current >= 0) {
      event.preventDefault();
      toggle(current);
    } else if (event.key === "+" || event.key === "-") {
      zoom(event.key === "+" ? STEP : 1 / STEP);
    }
  });

  /** Seats too small to be hit are first brought near: returns whether it did that instead. */
  function comeNear(event) {
    const pixels = (44 * svg.getBoundingClientRect().width) / box.w;
    const enough = event.pointerType === "mouse" ? 7 : 18;
    if (pixels >= enough || box.w <= whole.w / NEAR_MAX) return false;
    zoom(Math.max(2, 30 / pixels), point(event.clientX, event.clientY));
    return true;
  }

  /** Brings these places into sight, large enough to be recognised; what is in sight already stays as it is. */
  function bring(indices) {
    if (!indices.length) return;
    const xs = indices.map((index) => places[index].x);
    const ys = indices.map((index) => places[index].y);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const pixels = (44 * svg.getBoundingClientRect().width) / box.w;
    const seen = left > box.x && right < box.x + box.w && top > box.y && bottom < box.y + box.h;
    if (seen && pixels >= 7) return;
    const w = Math.max(right - left + 300, whole.w / 3);
    const h = (w * whole.h) / whole.w;
    set({ x: (left + right) / 2 - w / 2, y: (top + bottom) / 2 - h / 2, w });
  }

  return { moved: () => dragged > 6, comeNear, bring };
}
