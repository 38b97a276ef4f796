// The hall editor: the desk that all its parts share.
import { check } from "./checks.js";
import * as edits from "./edits.js";
import { makeForms } from "./forms.js";
import { history, stepsOf } from "./history.js";
import { ask, makeKeeping } from "./keeping.js";
import { makeKeyboard } from "./keyboard.js";
import { capacityOf, emptyDrawing, fromDocument, labelOf } from "./model.js";
import { makeTools } from "./tools.js";
import { makeView } from "./view.js";

const CHECK_AFTER_MS = 150;
const PROBLEMS_SHOWN = 30;

const root = document.getElementById("editor");
const words = JSON.parse(root.dataset.words);
const hall = JSON.parse(root.dataset.hall);
const part = (name) => root.querySelector(`[data-part="${name}"]`);
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

function say(text) {
  part("said").textContent = text;
}

async function open() {
  const view = makeView(document.getElementById("drawing"), words);
  const keeping = makeKeeping(hall, (state) => {
    part("kept").textContent = words[state];
  });
  const drafted = await keeping.draft();
  const saved = hall.layout ? await ask(`/api/v1/halls/${hall.hall}/file?format=own`) : { ok: true, told: null };
  if (!saved.ok && !drafted) return say(saved.problem?.title ?? words.lost);
  if (drafted && drafted.based_on !== hall.layout) part("theirs").hidden = false;
  part("drafted").hidden = !drafted || !hall.layout;
  // What a draft began with is what saving compares with, so that nobody's work is written over unseen.
  const began = hall.layout;
  if (drafted) hall.layout = drafted.based_on;
  const first = drafted ? fromDocument(drafted.document) : saved.told ? fromDocument(saved.told) : emptyDrawing();

  let checking = null;
  let bad = new Set();
  const editor = {
    selection: new Set(),
    get drawing() {
      return past.present;
    },
    take: (drawing, as) => past.take(drawing, as),
    takeChosen([drawing, keys]) {
      editor.selection = keys;
      past.take(drawing);
    },
    choose(keys) {
      editor.selection = keys;
      show();
      say(filled(words.chosen, { count: keys.size }));
    },
    settle: () => past.settle(),
    undo: () => past.undo(),
  };
  const past = history(first, () => {
    const alive = new Set([...past.present.seats, ...past.present.areas].map((thing) => thing.key));
    if ([...editor.selection].some((key) => !alive.has(key))) {
      editor.selection = new Set([...editor.selection].filter((key) => alive.has(key)));
    }
    keeping.note(past.present);
    clearTimeout(checking);
    checking = setTimeout(recheck, CHECK_AFTER_MS);
    show();
  }, (drawing) => stepsOf(drawing.seats.length));

  function show() {
    view.render(past.present, editor.selection, bad);
    part("undo").disabled = !past.canUndo;
    part("redo").disabled = !past.canRedo;
    part("count").textContent = filled(words.count, { places: capacityOf(past.present), chosen: editor.selection.size });
    root.querySelectorAll("[data-needs-choice]").forEach((one) => {
      one.disabled = !editor.selection.size;
    });
    forms.show(past.present, editor.selection);
  }

  function recheck() {
    const findings = check(past.present);
    bad = new Set(findings.filter((one) => one.code !== "wheelchairs").flatMap((one) => [...one.keys]));
    part("findings").replaceChildren(
      ...(findings.length ? findings : [{ code: "fine", bad: false, keys: new Set(), values: {} }]).map((one) => {
        const line = document.createElement("li");
        line.className = one.code === "fine" ? "good" : one.bad ? "bad" : "warn";
        const text = filled(words.findings[one.code], one.values);
        if (!one.keys.size) line.append(text);
        else line.append(button(text, () => { editor.choose(one.keys); view.fit(things(one.keys)); }));
        return line;
      }),
    );
    view.render(past.present, editor.selection, bad);
  }

  const things = (keys) => [...past.present.seats, ...past.present.areas].filter((thing) => keys.has(thing.key));

  function button(text, press) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", press);
    return made;
  }

  const spoken = (thing) =>
    thing.area
      ? filled(words.area, thing)
      : filled(words.seat, { label: labelOf(thing), zone: thing.zone || "–", kind: words.kinds[thing.kind] });

  const acts = {
    undo: () => past.undo(),
    redo: () => past.redo(),
    save,
    all: () => editor.choose(new Set([...past.present.seats, ...past.present.areas].map((thing) => thing.key))),
    rows: () => editor.choose(edits.wholeRows(past.present, editor.selection)),
    none: () => editor.choose(new Set()),
    remove: () => editor.take(edits.removed(past.present, editor.selection)),
    duplicate: () => editor.selection.size && editor.takeChosen(edits.duplicated(past.present, editor.selection, 0, 95)),
    aisle: () => editor.take(edits.parted(past.present, editor.selection, true, 110)),
    "no-aisle": () => editor.take(edits.parted(past.present, editor.selection, false, 110)),
    nearer: () => view.zoom(1.3),
    farther: () => view.zoom(1 / 1.3),
    whole: () => view.fit(),
    async discard() {
      await keeping.forget();
      hall.layout = began;
      part("drafted").hidden = true;
      part("theirs").hidden = true;
      if (saved.told) past.take(fromDocument(saved.told));
      await keeping.forget();
    },
    over() {
      hall.layout = part("theirs").dataset.layout ?? began;
      part("theirs").hidden = true;
      return save();
    },
  };
  root.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-act]");
    if (!pressed) return;
    past.settle();
    acts[pressed.dataset.act]();
  });

  async function save() {
    part("problems").replaceChildren();
    const drawing = past.present;
    part("save").disabled = true;
    say(words.saving);
    const answer = await keeping.save(drawing);
    part("save").disabled = false;
    part("saved").hidden = !answer.ok;
    if (answer.ok) {
      part("drafted").hidden = true;
      say(words.saved);
      return;
    }
    say(answer.problem ? `${answer.problem.title}. ${answer.problem.detail}` : words.lost);
    if (answer.problem?.code === "hall_saved_meanwhile") {
      part("theirs").hidden = false;
      part("theirs").dataset.layout = answer.problem.layout;
    }
    for (const [index, problem] of (answer.problem?.problems ?? []).slice(0, PROBLEMS_SHOWN).entries()) {
      const line = document.createElement("li");
      const { keys } = edits.keysNamed(past.present, problem.key || "");
      const text = [problem.key, problem.column, answer.problem.told[index]].filter(Boolean).join(" · ");
      line.append(keys.size ? button(text, () => { editor.choose(keys); view.fit(things(keys)); }) : text);
      part("problems").append(line);
    }
  }

  root.querySelector("#from-file").addEventListener("change", async ({ target }) => {
    const [file] = target.files;
    if (!file) return;
    const answer = await ask("/api/v1/hall-files", "POST", file);
    target.value = "";
    if (answer.ok) {
      past.take(fromDocument(answer.told.document));
      view.fit();
      return say(filled(words.read, { name: file.name, places: capacityOf(past.present) }));
    }
    const problem = answer.problem?.problems?.[0];
    return say([answer.problem?.title ?? words.lost, problem?.column, answer.problem?.told?.[0]].filter(Boolean).join(" · "));
  });

  const forms = makeForms(root, editor, view, { say, words });
  const tools = makeTools(editor, view, forms.rules);
  const use = (name) => {
    tools.use(name);
    root.querySelectorAll("[data-tool]").forEach((one) => one.setAttribute("aria-pressed", one.dataset.tool === name));
    say(words.tools[name]);
  };
  root.querySelectorAll("[data-tool]").forEach((one) => one.addEventListener("click", () => use(one.dataset.tool)));
  makeKeyboard(editor, view, { use, act: (name) => { past.settle(); acts[name](); }, say, spoken });
  use("select");
  show();
  view.fit();
  recheck();
  new ResizeObserver(() => view.look(view.sight)).observe(view.svg);
  root.classList.add("ready");
  return say(drafted ? words.drafted : words.ready);
}

open();
