// This gate: its name, its venue, what it lets in to, and which way. Kept on the device from one evening to the next.

/** `changed` is called when somebody sets the gate up anew. */
export async function makeGate(form, store, texts, changed) {
  const { gate, venue, screening, direction } = form.elements;
  const kept = (await store.read("gate")) ?? {};
  let offered = "";
  if (kept.gate) gate.value = kept.gate;
  if (kept.direction) direction.value = kept.direction;

  function chosen() {
    return { gate: gateField().value.trim() || "1", screening: screening.value || null, direction: direction.value };
  }

  // An enrolled device has its gates to choose from; anybody else types a name.
  const gateField = () => form.elements.gate;

  function fill(select, options, value) {
    select.replaceChildren(...options.map(([id, text]) => new Option(text, id, false, id === value)));
    if (!options.some(([id]) => id === value)) select.selectedIndex = 0;
  }

  /** Offers what there is to choose from, as the device knows it; what was chosen stays. */
  function offer(known) {
    const signature = JSON.stringify([known.tag, known.venue, known.post]);
    if (signature === offered) return;
    offered = signature;
    if (known.post) {
      const select = Object.assign(document.createElement("select"), { id: "gate", name: "gate" });
      fill(select, known.post.gates.map((name) => [name, name]), kept.gate);
      gateField().replaceWith(select);
      document.getElementById("device").textContent = known.post.name;
    }
    const venues = Object.entries(known.venues);
    venue.closest(".field").hidden = known.post !== null || venues.length === 0;
    fill(venue, [["", texts.choose_venue], ...venues], known.venue ?? "");
    if (!venue.closest(".field").hidden && !known.venue) form.querySelector("details").open = true;
    const time = (about) =>
      new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: about.timezone }).format(new Date(about.starts_at));
    const screenings = Object.entries(known.screenings).map(([id, about]) => [id, `${time(about)} · ${about.film} · ${about.hall}`]);
    fill(screening, [["", texts.any], ...screenings], kept.screening ?? "");
  }

  form.addEventListener("change", (event) => {
    if (event.target.name === "code") return;
    Object.assign(kept, chosen(), { venue: venue.value });
    store.keep("gate", kept);
    changed();
  });

  /** The venue to ask for: that which was chosen, unless the device stands in one by itself. */
  const venueToAsk = (known) => (known.post ? null : kept.venue || null);

  /** Lets go of the venue that was chosen; answers whether there was one. */
  function leaveVenue() {
    const left = Boolean(kept.venue);
    kept.venue = "";
    store.keep("gate", kept);
    return left;
  }

  return { chosen, offer, venue: venueToAsk, leaveVenue };
}
