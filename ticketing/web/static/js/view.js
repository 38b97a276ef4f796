// Looking around in the hall. The frame scrolls, by fingers and wheel as the browser does it anyway; the stage in it
// grows. While it grows it is only transformed, which costs nothing however many seats there are; it is drawn anew at rest.
const PITCH = 52; // how far two seats are apart in the drawing
const STEP = 1.6;
const LARGEST = 56; // pixels from seat to seat: more helps nobody
const ENOUGH = { mouse: 9, touch: 24 }; // what a mouse and a finger hit
const GLIDE_MS = 220;

export function makeView(map, { onRest }) {
  const [frame, stage, svg] = [".sight", ".stage", "svg.map"].map((part) => map.querySelector(part));
  const [left, top, width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let base = 1; // pixels a unit of the drawing when the whole hall is in sight
  let zoom = 1;
  let gesture = null;
  let gliding = null;

  const largest = () => Math.max(1, LARGEST / (PITCH * base));
  const bounded = (wanted) => Math.min(largest(), Math.max(1, wanted));
  const scale = () => base * zoom;
  const pitch = () => PITCH * scale();

  function resize() {
    const [w, h] = [width * scale(), height * scale()];
    stage.style.width = `${w}px`;
    stage.style.height = `${h}px`;
    stage.style.marginLeft = `${Math.max(0, (frame.clientWidth - w) / 2)}px`;
    stage.style.marginTop = `${Math.max(0, (frame.clientHeight - h) / 2)}px`;
    map.classList.toggle("near", zoom > 1.01);
    map.classList.toggle("overview", svg.dataset.parts !== undefined && pitch() < 12);
    map.querySelector("[data-zoom=out]").disabled = zoom <= 1.01;
    map.querySelector("[data-zoom=in]").disabled = zoom >= largest() * 0.99;
  }

  function fit() {
    const wide = frame.parentNode.clientWidth;
    const tall = Math.min(innerHeight * (wide < 600 ? 0.62 : 0.86), 860);
    base = Math.min(wide / width, tall / height);
    frame.style.height = `${Math.max(height * base, Math.min(320, tall))}px`;
    svg.style.setProperty("--px", 1 / base);
    // A name that is wider than its block is left to the list above the drawing.
    for (const block of svg.querySelectorAll(".block")) {
      const [outline, name] = [block.querySelector("path").getBBox(), block.querySelector(".name")];
      block.classList.toggle("tight", outline.width + 60 < (name.textContent.length * 9) / base);
    }
    zoom = bounded(zoom);
    resize();
  }

  /** The point of the stage, in shares of it, that lies under a point of the screen. */
  function under(x, y) {
    const box = stage.getBoundingClientRect();
    return { x: (x - box.left) / box.width, y: (y - box.top) / box.height };
  }

  /** Zooms so that a point of the stage comes to lie under a point of the screen; glides there unless that is unwelcome. */
  function place(wanted, point, at, glide = GLIDE_MS) {
    const before = stage.getBoundingClientRect();
    gliding?.cancel();
    stage.style.transform = "";
    zoom = bounded(wanted);
    resize();
    const box = frame.getBoundingClientRect();
    frame.scrollLeft = point.x * width * scale() - (at.x - box.left);
    frame.scrollTop = point.y * height * scale() - (at.y - box.top);
    const after = stage.getBoundingClientRect();
    const [dx, dy, share] = [before.left - after.left, before.top - after.top, before.width / after.width];
    if (calm.matches || !glide || (Math.abs(dx) < 1 && Math.abs(dy) < 1 && Math.abs(share - 1) < 0.005)) return rest();
    map.classList.add("moving");
    const animation = stage.animate([{ transform: `translate(${dx}px, ${dy}px) scale(${share})` }, { transform: "none" }], {
      duration: glide,
      easing: "ease-out",
    });
    gliding = animation;
    animation.onfinish = rest;
  }

  function rest() {
    gliding = null;
    map.classList.remove("moving");
    onRest();
  }

  const middle = () => {
    const box = frame.getBoundingClientRect();
    return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
  };
  const by = (factor, at = middle()) => place(zoom * factor, under(at.x, at.y), at);
  const whole = () => place(1, { x: 0.5, y: 0.5 }, middle());

  // ── a gesture of two fingers, or of the wheel ──
  function begin(at) {
    gliding?.finish();
    const box = frame.getBoundingClientRect();
    // Looked up once: asking the browser while the stage grows would have it work out the page each time.
    gesture = { point: under(at.x, at.y), at, factor: 1, left: box.left + stage.offsetLeft, top: box.top + stage.offsetTop };
    map.classList.add("moving");
  }

  function turn(factor, at) {
    gesture.factor = bounded(zoom * factor) / zoom;
    gesture.at = at;
    const x = at.x - gesture.point.x * width * scale() * gesture.factor - (gesture.left - frame.scrollLeft);
    const y = at.y - gesture.point.y * height * scale() * gesture.factor - (gesture.top - frame.scrollTop);
    stage.style.transform = `translate(${x}px, ${y}px) scale(${gesture.factor})`;
  }

  function end() {
    const { factor, point, at } = gesture;
    gesture = null;
    place(zoom * factor, point, at, 120);
  }

  const spread = ([one, other]) => ({
    apart: Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY),
    at: { x: (one.clientX + other.clientX) / 2, y: (one.clientY + other.clientY) / 2 },
  });
  let apart = 0;
  frame.addEventListener("touchstart", (event) => {
    if (event.touches.length !== 2) return;
    const fingers = spread(event.touches);
    apart = fingers.apart;
    begin(fingers.at);
  });
  frame.addEventListener(
    "touchmove",
    (event) => {
      if (!apart || event.touches.length !== 2) return;
      // Ours from the first touch on, or the browser would zoom the page. One that scrolls already can't be stopped.
      if (event.cancelable) event.preventDefault();
      const fingers = spread(event.touches);
      turn(fingers.apart / apart, fingers.at);
    },
    { passive: false },
  );
  for (const kind of ["touchend", "touchcancel"]) {
    frame.addEventListener(kind, (event) => {
      if (!apart || event.touches.length > 1) return;
      apart = 0;
      end();
    });
  }

  let wheeled = 0;
  frame.addEventListener(
    "wheel",
    (event) => {
      // Without Ctrl the wheel scrolls: the hall where it is larger than its frame, else the page.
      if (!event.ctrlKey) return;
      event.preventDefault();
      const at = { x: event.clientX, y: event.clientY };
      if (!gesture) begin(at);
      turn(gesture.factor * Math.exp(-Math.max(-80, Math.min(80, event.deltaY)) / 200), at);
      clearTimeout(wheeled);
      wheeled = setTimeout(() => gesture && end(), 140);
    },
    { passive: false },
  );

  // ── a mouse drags what a finger would scroll ──
  let dragged = false;
  let from = null;
  frame.addEventListener("pointerdown", (event) => {
    dragged = false;
    from = event.pointerType === "mouse" && event.button === 0 ? event : null;
  });
  addEventListener("pointermove", (event) => {
    if (!from) return;
    const [dx, dy] = [event.clientX - from.clientX, event.clientY - from.clientY];
    if (!dragged && Math.hypot(dx, dy) < 5) return;
    dragged = true;
    frame.scrollBy(-dx, -dy);
    from = event;
  });
  addEventListener("pointerup", () => (from = null));

  map.querySelector(".zoom").addEventListener("click", (event) => {
    const kind = event.target.dataset.zoom;
    if (kind === "whole") whole();
    else if (kind) by(kind === "in" ? STEP : 1 / STEP);
  });

  let scrolled = 0;
  frame.addEventListener("scroll", () => {
    clearTimeout(scrolled);
    scrolled = setTimeout(() => gesture || gliding || onRest(), 90);
  });

  /** The part of the drawing in sight, in its own units. */
  function sight() {
    const [frameBox, box] = [frame.getBoundingClientRect(), stage.getBoundingClientRect()];
    const x = left + (frameBox.left - box.left) / scale();
    const y = top + (frameBox.top - box.top) / scale();
    return { x, y, right: x + frameBox.width / scale(), bottom: y + frameBox.height / scale() };
  }

  /** Brings a part of the drawing into sight, as large as fits and at least so that it can be hit. */
  function show({ x, y, right, bottom }, least = 0, most = LARGEST) {
    const fits = Math.min(frame.clientWidth / (right - x + 120), frame.clientHeight / (bottom - y + 120)) / base;
    const wanted = Math.min(Math.max(fits, least / (PITCH * base)), most / (PITCH * base));
    place(wanted, { x: ((x + right) / 2 - left) / width, y: ((y + bottom) / 2 - top) / height }, middle());
  }

  /** Seats too small to be hit are first brought near: says whether it did that instead. */
  function comeNear(event) {
    const mouse = event.pointerType === "mouse";
    if (pitch() >= Math.min(mouse ? ENOUGH.mouse : ENOUGH.touch, PITCH * base * largest() * 0.99)) return false;
    by((mouse ? 26 : 40) / pitch(), { x: event.clientX, y: event.clientY });
    return true;
  }

  new ResizeObserver(() => {
    fit();
    onRest();
  }).observe(frame.parentNode);
  fit();

  return {
    by,
    whole,
    show,
    comeNear,
    sight,
    pitch,
    near: () => zoom > 1.01,
    overview: () => map.classList.contains("overview"),
    busy: () => dragged || gesture !== null || gliding !== null,
    /** A place of the drawing in pixels of the stage. */
    onStage: (x, y) => ({ x: (x - left) * scale(), y: (y - top) * scale() }),
    stage,
    svg,
    frame,
  };
}
