// Undo and redo over whole states, which never change: a step costs what is other, not the hall.
export const STEPS_MAX = 500;

/** `onChange` is called with the state that holds from now on. */
export function history(first, onChange = () => {}) {
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
      if (as === null || as !== tag) past = [...past.slice(-(STEPS_MAX - 1)), present];
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
