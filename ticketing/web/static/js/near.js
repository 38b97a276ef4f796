// What is written on the hall once it is near: the numbers of seats, and the names of rows whose own are out of sight.
// Only what can be seen is written, so a hall of thousands costs no more than one of forty.
const READABLE = 24; // pixels from seat to seat from which on a number can be read
const SVG = "http://www.w3.org/2000/svg";

export function makeNear(view, seats) {
  const numbers = document.createElementNS(SVG, "g");
  numbers.setAttribute("class", "numbers");
  numbers.setAttribute("aria-hidden", "true");
  view.svg.append(numbers);
  const names = document.createElement("div");
  names.className = "row-names";
  names.setAttribute("aria-hidden", "true");
  view.stage.prepend(names);
  const written = new Map();
  const rows = new Map();
  for (const seat of seats) {
    const key = `${seat.section}/${seat.row}`;
    if (!rows.has(key)) rows.set(key, { name: seat.row, seats: [], first: Infinity });
    rows.get(key).seats.push(seat);
    rows.get(key).first = Math.min(rows.get(key).first, seat.x);
  }

  function write(seat) {
    const text = document.createElementNS(SVG, "text");
    text.setAttribute("x", seat.x);
    text.setAttribute("y", seat.y + 1);
    text.setAttribute("color", seat.ink);
    text.textContent = seat.number;
    numbers.append(text);
    written.set(seat, text);
    colour(seat);
  }

  /** A number has the colour of what its seat is. */
  function colour(seat) {
    const now = seat.use.classList;
    written.get(seat)?.setAttribute("class", now.contains("m") ? "n mine" : now.contains("t") ? "n gone" : "n");
  }

  function forget(seat) {
    written.get(seat).remove();
    written.delete(seat);
  }

  function writeNumbers(sight) {
    const readable = view.pitch() >= READABLE;
    const seen = (seat) =>
      readable && seat.x > sight.x - 60 && seat.x < sight.right + 60 && seat.y > sight.y - 60 && seat.y < sight.bottom + 60;
    for (const seat of [...written.keys()]) if (!seen(seat)) forget(seat);
    for (const seat of seats) if (!seat.sign && !written.has(seat) && seen(seat)) write(seat);
  }

  function writeNames(sight) {
    names.textContent = "";
    if (!view.near()) return;
    const found = [];
    for (const row of rows.values()) {
      if (row.first - 60 >= sight.x) continue; // its own name is in sight, or all of it lies further right
      const seen = row.seats.filter(
        (seat) => seat.x > sight.x && seat.x < sight.right && seat.y > sight.y + 10 && seat.y < sight.bottom - 10,
      );
      if (seen.length) found.push({ name: row.name, seat: seen.reduce((one, other) => (other.x < one.x ? other : one)) });
    }
    found.sort((one, other) => one.seat.x - other.seat.x);
    const placed = [];
    for (const { name, seat } of found) {
      const { y } = view.onStage(seat.x, seat.y);
      if (placed.some((other) => Math.abs(other - y) < 15)) continue;
      placed.push(y);
      const chip = document.createElement("span");
      chip.textContent = name;
      chip.style.top = `${y}px`;
      names.append(chip);
    }
  }

  return {
    colour,
    write() {
      const sight = view.sight();
      writeNumbers(sight);
      writeNames(sight);
    },
  };
}
