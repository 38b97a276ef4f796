// The card beside a seat that a mouse or the keyboard points at: row, seat, kind, and what it costs.
export function makeCard(map, { seats, indexOf, state, sections, words, quiet }) {
  const card = map.querySelector(".card");

  function line(text, name) {
    const made = document.createElement(name ?? "div");
    made.textContent = text;
    return made;
  }

  function show(index) {
    card.hidden = index < 0 || quiet();
    if (card.hidden) return;
    const { section, row, number, zone, kind, use } = seats[index];
    const seat = words.row.replace("{row}", row).replace("{number}", number);
    const lines = [line([sections[section], seat].filter(Boolean).join(", "), "b")];
    if (kind) lines.push(line(kind));
    if (zone) lines.push(line(zone.name));
    const now = state(index);
    if (now !== "free") lines.push(line(now === "mine" ? words.yours : words.taken));
    if (now !== "taken" && zone) {
      for (const [name, price] of zone.prices) {
        const tariff = line(name);
        tariff.append(line(price, "span"));
        lines.push(tariff);
      }
    }
    card.replaceChildren(...lines);
    const [frame, box] = [map.getBoundingClientRect(), use.getBoundingClientRect()];
    const left = Math.min(frame.width - card.offsetWidth - 6, Math.max(6, box.left + box.width / 2 - frame.left - card.offsetWidth / 2));
    const above = box.top - frame.top - card.offsetHeight - 8;
    card.style.left = `${left}px`;
    card.style.top = `${above > 4 ? above : box.bottom - frame.top + 8}px`;
  }

  map.addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse") show(indexOf.get(event.target) ?? -1);
  });
  map.addEventListener("pointerleave", () => show(-1));
  map.querySelector(".sight").addEventListener("scroll", () => show(-1));
  return { show };
}
