// Undo and redo over whole states, which never change: a step costs what is other, not the hall.
export const STEPS_MAX = 500;
// A step that moves everything keeps every seat anew: so many of them at most, some 250 MB.
const SEATS_KEPT_MAX = 2_000_000;

/** How many steps back a hall of so many seats can be taken: all of them, but for arenas. */
export const stepsOf = (seats) => Math.min(STEPS_MAX, Math.floor(SEATS_KEPT_MAX / Math.max(seats, 1)));

/** `onChange` is called with the state that holds from now on; `steps` says how many to keep before a state. */
export function history(first, onChange = () => {}, steps = () => STEPS_MAX) {
  let past = [];
  let future = [];
  let present = first;
  let tag = null;

  function show(state) {
    present = state;
    onChange(present);
    return present;
  }

  return {
    get present() {
      return present;
    },
    get canUndo() {
      return past.length > 0;
    },
    get canRedo() {
      return future.length > 0;
    },
    /** A new state. Steps of the same `as` that follow each other (a drag, a key held down) are one to undo. */
    take(state, as = null) {
      if (state === present) return present;
      if (as === null || as !== tag) past = [...past.slice(-(steps(state) - 1)), present];
      tag = as;
      future = [];
      return show(state);
    },
    /** What comes next is a step of its own, whatever it is called. */
    settle() {
      tag = null;
    },
    undo() {
      if (!past.length) return present;
      future = [present, ...future];
      const state = past.at(-1);
      past = past.slice(0, -1);
      tag = null;
      return show(state);
    },
    redo() {
      if (!future.length) return present;
      past = [...past, present];
      const [state, ...rest] = future;
      future = rest;
      tag = null;
      return show(state);
    },
  };
}
