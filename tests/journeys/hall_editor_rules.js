// The rules of the hall editor as tables: what is done, and what comes of it. Evaluated on a page of the house.
async (place) => {
  const [numbering, geometry, past, model, edits, checks] = await Promise.all(
    ["numbering", "geometry", "history", "model", "edits", "checks"].map((name) => import(`${place}${name}.js`)),
  );
  const wrong = [];
  const table = (name, m, lines) => {
    for (const [does, expected] of lines) {
      const found = JSON.stringify(does(m) ?? null);
      if (found !== JSON.stringify(expected)) wrong.push(`${name}: ${does}\n  ${found} is not ${JSON.stringify(expected)}`);
    }
  };
  const along = (count) => Array.from({ length: count }, (_, place) => ({ x: 55 * place, y: 300 }));
  const codes = (drawing) => checks.check(drawing).map((one) => one.code);
  const e = edits;
  const c = checks;
  // Rows H, J and K (no I) of 2 + 3 seats.
  const [d, keys] = e.withRows(model.emptyDrawing(), {
    section: "", rows: 3, groups: [2, 3], zone: "standard", x: 100, y: 300, pitch: 55, rowPitch: 95, aisle: 110,
    curve: 0, row: "H", skip: "IO", start: 1, scheme: "all",
  });
  const named = (drawing, text) => e.keysNamed(drawing, text).keys;

  table("numbering", numbering, [
    [(m) => m.rowNames("A", 4), ["A", "B", "C", "D"]],
    [(m) => m.rowNames("H", 3, {skip: "IO"}), ["H", "J", "K"]],
    [(m) => m.rowNames("Z", 2), ["Z", "AA"]],
    [(m) => m.rowNames("Y", 3, {skip: "Z"}), ["Y", "AA", "AB"]],
    [(m) => m.rowNames("9", 3), ["9", "10", "11"]],
    [(m) => m.rowNames("D", 3, {step: -1}), ["D", "C", "B"]],
    [(m) => m.rowNames("Ряд", 2), ["Ряд", "Ряд2"]],
    [(m) => m.letterPlace("AA"), 26],
    [(m) => m.letterPlace("I", "IO"), -1],
    [(m) => m.seatNumbers([3]), ["1", "2", "3"]],
    [(m) => m.seatNumbers([2, 3], {backwards: true}), ["5", "4", "3", "2", "1"]],
    [(m) => m.seatNumbers([2, 2], {restart: true}), ["1", "2", "1", "2"]],
    [(m) => m.seatNumbers([2, 2], {restart: true, backwards: true}), ["2", "1", "2", "1"]],
    [(m) => m.seatNumbers([3], {scheme: "odd"}), ["1", "3", "5"]],
    [(m) => m.seatNumbers([3], {scheme: "even"}), ["2", "4", "6"]],
    [(m) => m.seatNumbers([3], {scheme: "even", start: 11}), ["12", "14", "16"]],
    [(m) => m.seatNumbers([2, 3], {scheme: "parted"}), ["5", "3", "1", "2", "4"]],
    [(m) => m.seatNumbers([]), []],
  ]);
  table("geometry", geometry, [
    [(m) => m.turned({x: 10, y: 0}, {x: 0, y: 0}, 90), {"x": 0, "y": 10}],
    [(m) => m.pointsAlong({x: 0, y: 0}, {x: 120, y: 0}, 55).map(p => p.x), [0, 55, 110]],
    [(m) => m.pointsAlong({x: 5, y: 5}, {x: 5, y: 5}, 55), [{"x": 5, "y": 5}]],
    [(m) => m.boxOf({x: 4, y: 1}, {x: 2, y: 3}), {"left": 2, "right": 4, "top": 1, "bottom": 3}],
    [(m) => m.boundsOf([]), null],
    [(m) => m.bent([{x: 0, y: 7}, {x: 50, y: 7}, {x: 100, y: 7}], 0), [{"x": 0, "y": 7}, {"x": 50, "y": 7}, {"x": 100, "y": 7}]],
    // The ends of a bent row are nearer to the screen, and neighbours as far apart as before.
    [(m) => {
      const b = m.bent(along(21), 80);
      const apart = (i) => Math.hypot(b[i].x - b[i - 1].x, b[i].y - b[i - 1].y);
      return [Math.round(b[10].y - b[0].y), b[0].y === b[20].y, b.slice(1).every((_, i) => Math.abs(apart(i + 1) - 55) < 0.5)];
    }, [80, true, true]],
    [(m) => m.bent(m.bent(along(9), 80), 0).every((p, i) => Math.hypot(p.x - 55 * i, p.y - 300) < 1), true],
    [(m) => m.neighbour([{x: 0, y: 0}, {x: 9, y: 0}, {x: 5, y: 90}], {x: 0, y: 0}, "ArrowRight"), {"x": 9, "y": 0}],
    [(m) => m.neighbour([{x: 0, y: 0}], {x: 0, y: 0}, "ArrowUp"), null],
  ]);
  table("history", past, [
    [(m) => (h => [h.undo(), h.canUndo, h.redo()])(m.history(1)), [1, false, 1]],
    [(m) => (h => { h.take(2); h.take(3); return [h.undo(), h.undo(), h.redo(), h.take(9), h.canRedo] })(m.history(1)), [2, 1, 2, 9, false]],
    [(m) => (h => { h.take(2, "d"); h.take(3, "d"); h.settle(); h.take(4, "d"); return [h.undo(), h.undo()] })(m.history(1)), [3, 1]],
    [(m) => {
      const h = m.history(0);
      for (let i = 1; i <= 2 * m.STEPS_MAX; i += 1) h.take(i);
      let steps = 0;
      for (; h.canUndo; steps += 1) h.undo();
      return steps === m.STEPS_MAX;
    }, true],
    [(m) => [0, 4000, 20000].map(m.stepsOf), [500, 500, 100]],
  ]);
  table("edits", model, [
    [(m) => d.seats.map(m.labelOf).slice(4, 7), ["H-5", "J-1", "J-2"]],
    [(m) => d.seats.filter(s => s.aisle).map(m.labelOf), ["H-3", "J-3", "K-3"]],
    [(m) => m.toDocument(d).sections[0].rows[0].runs.map(run => run.map(s => s.x)), [[100, 155], [320, 375, 430]]],
    [(m) => JSON.stringify(m.toDocument(m.fromDocument(m.toDocument(d)))) === JSON.stringify(m.toDocument(d)), true],
    [(m) => (([c, k]) => [c.seats.length, k.size, c.seats.at(-1).row])(e.duplicated(d, named(d, "K"), 0, 95)), [20, 5, "L"]],
    [(m) => e.removed(d, named(d, "H, J-1")).seats.length, 9],
    [(m) => [...named(d, "H-1..H-3 J-9 K")].length, 8],
    [(m) => e.keysNamed(d, "H-1..H-3 J-9 K").unknown, ["J-9"]],
    [(m) => e.renumbered(d, keys, {start: 1, scheme: "all", backwards: true}).seats.slice(0, 5).map(s => s.number), ["5", "4", "3", "2", "1"]],
    [(m) => e.renumbered(d, keys, {start: 1, scheme: "all", onwards: true}).seats.at(-1).number, "15"],
    [(m) => [...new Set(e.renamedRows(d, keys, "1", {}).seats.map(s => s.row))], ["1", "2", "3"]],
    [(m) => e.parted(d, named(d, "H-2"), true, 110).seats.slice(0, 3).map(s => [s.x, s.aisle]), [[100, false], [265, true], [430, true]]],
    [(m) => e.parted(d, named(d, "H-3"), false, 110).seats.slice(1, 3).map(s => s.x), [155, 210]],
    [(m) => e.nextRow(d, ""), "L"],
    [(m) => e.nextRow(m.emptyDrawing(), ""), "A"],
    [(m) => (w => m.toDocument(e.ofKind(w, named(w, "H-2 K-5"), "companion")).sections[0].rows[0].runs[0][1].companion_of)(e.ofKind(d, named(d, "H-1"), "wheelchair")), "H-1"],
    [(m) => e.rotated(d, named(d, "H"), 180).seats.slice(0, 5).map(s => s.x), [430, 375, 210, 155, 100]],
    [(m) => e.moved(d, new Set(), 5, 5).seats.every((s, i) => s.x === d.seats[i].x), true],
  ]);
  table("checks", model, [
    [(m) => codes(m.emptyDrawing()), ["empty"]],
    [(m) => codes(d), ["wheelchairs"]],
    [(m) => codes(e.changed(d, named(d, "H-2"), () => ({number: "1"}))), ["twice", "wheelchairs"]],
    [(m) => codes(e.changed(d, named(d, "H-2"), () => ({number: "a b"}))), ["names", "wheelchairs"]],
    [(m) => codes(e.changed(d, named(d, "H-2"), () => ({zone: ""}))), ["zoneless", "wheelchairs"]],
    [(m) => codes(e.moved(d, named(d, "H-2"), -20, 0)), ["overlap", "wheelchairs"]],
    [(m) => codes(e.ofKind(d, named(d, "H-2"), "companion")), ["lonely", "wheelchairs"]],
    [(m) => codes(e.ofKind(d, named(d, "H-2 K-5"), "wheelchair")), []],
    [(m) => codes((w => e.ofKind(w, named(w, "H-2 H-3 H-4 H-5"), "companion"))(e.ofKind(d, named(d, "H-1 K-1"), "wheelchair"))), ["crowded", "far"]],
    [(m) => codes(e.withArea(d, {area: "Big area", capacity: 30000, zone: "x", x: 0, y: 0, width: 9, height: 9})[0]), ["too_many", "area_wrong", "wheelchairs"]],
    [(m) => [0, 1, 50, 51, 100, 101].map(c.wheelchairsRequired), [0, 2, 2, 3, 3, 4]],
  ]);
  return wrong;
}
