// The drawing by keyboard: one seat can be reached by Tab, arrow keys go to its neighbours, Enter and space take it.
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function makeKeys(view, seats, { toggle, spoken, state, onFocus }) {
  const { svg, frame } = view;
  const ring = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  ring.setAttribute("class", "cursor");
  ring.setAttribute("r", "33");
  let current = Math.max(0, seats.findIndex((seat) => !seat.use.classList.contains("t")));

  /** Tells an assistive device what the seat in question is. */
  function describe(index) {
    const { use } = seats[index];
    const now = state(index);
    use.setAttribute("role", "checkbox");
    use.setAttribute("aria-label", spoken(index));
    use.setAttribute("aria-checked", now === "mine");
    use.setAttribute("aria-disabled", now === "taken");
  }

  function go(index) {
    seats[current].use.setAttribute("tabindex", "-1");
    current = index;
    const { use } = seats[index];
    use.setAttribute("tabindex", "0");
    describe(index);
    use.focus({ preventScroll: true });
  }

  function reveal({ x, y }) {
    const at = view.onStage(x, y);
    const room = 60;
    if (at.x < frame.scrollLeft + room || at.x > frame.scrollLeft + frame.clientWidth - room) frame.scrollLeft = at.x - frame.clientWidth / 2;
    if (at.y < frame.scrollTop + room || at.y > frame.scrollTop + frame.clientHeight - room) frame.scrollTop = at.y - frame.clientHeight / 2;
  }

  function nearest(way) {
    const from = seats[current];
    let best = -1;
    let least = Infinity;
    seats.forEach((to, index) => {
      const [dx, dy] = [to.x - from.x, to.y - from.y];
      const along = dx * way[0] + dy * way[1];
      const aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
      if (index !== current && along > 4 && along + aside * 3 < least) {
        least = along + aside * 3;
        best = index;
      }
    });
    return best;
  }

  function endOfRow(last) {
    const { section, row } = seats[current];
    const all = seats.map((seat, index) => ({ ...seat, index })).filter((seat) => seat.section === section && seat.row === row);
    return all.reduce((one, other) => (last === other.x > one.x ? other : one)).index;
  }

  svg.setAttribute("role", "application");
  seats[current].use.setAttribute("tabindex", "0");
  describe(current);

  svg.addEventListener("focusin", (event) => {
    const index = seats.findIndex((seat) => seat.use === event.target);
    if (index < 0) return;
    current = index;
    describe(index);
    if (!event.target.matches(":focus-visible")) return;
    ring.setAttribute("cx", seats[index].x);
    ring.setAttribute("cy", seats[index].y);
    svg.append(ring);
    reveal(seats[index]);
    onFocus(index);
  });
  svg.addEventListener("focusout", () => {
    ring.remove();
    onFocus(-1);
  });
  svg.addEventListener("keydown", (event) => {
    const { key } = event;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (key in WAYS || key === "Home" || key === "End") {
      const index = key in WAYS ? nearest(WAYS[key]) : endOfRow(key === "End");
      if (index >= 0) go(index);
    } else if (key === "Enter" || key === " ") toggle(current);
    else if (key === "+" || key === "=") view.by(1.6);
    else if (key === "-") view.by(1 / 1.6);
    else if (key === "0") view.whole();
    else return;
    event.preventDefault();
  });

  return { refresh: (index) => index === current && describe(index) };
}
