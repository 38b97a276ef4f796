// How rows and seats are called. Pure: numbers and names in, names out.
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** The letters that are used: all but those of `skip`, as I and O that look like 1 and 0. */
function letters(skip) {
  return [...LETTERS].filter((letter) => !skip.toUpperCase().includes(letter));
}

/** The place of a letter name from 0, as columns of a sheet are counted: Z is followed by AA. -1: it is none. */
export function letterPlace(name, skip = "") {
  const known = letters(skip);
  let place = 0;
  for (const letter of name.toUpperCase()) {
    const digit = known.indexOf(letter);
    if (digit < 0) return -1;
    place = place * known.length + digit + 1;
  }
  return place - 1;
}

/** The letter name of a place from 0. */
export function letterName(place, skip = "") {
  const known = letters(skip);
  let name = "";
  for (let rest = place + 1; rest > 0; rest = Math.floor((rest - 1) / known.length)) {
    name = known[(rest - 1) % known.length] + name;
  }
  return name;
}

/** `count` names of rows from `start` on: letters where it is a letter, else numbers. `step` -1 counts down. */
export function rowNames(start, count, { skip = "", step = 1 } = {}) {
  const numbered = /^\d+$/.test(start);
  const first = numbered ? Number(start) : letterPlace(start, skip);
  if (!numbered && first < 0) return Array.from({ length: count }, (_, place) => (place ? `${start}${place + 1}` : start));
  return Array.from({ length: count }, (_, place) => {
    const at = first + place * step;
    if (numbered) return String(Math.max(at, 0));
    return letterName(Math.max(at, 0), skip);
  });
}

/**
 * The numbers of seats that stand in `lengths` groups beside each other, from left to right. `scheme`: every number
 * ("all"), "odd", "even", or odd ones on the left and even ones on the right of the middle ("parted", as in houses where
 * 1 and 2 are the best). `backwards`: the first number is at the right. `restart`: each group counts anew.
 */
export function seatNumbers(lengths, { start = 1, scheme = "all", backwards = false, restart = false } = {}) {
  const groups = backwards ? [...lengths].reverse() : lengths;
  const total = groups.reduce((sum, length) => sum + length, 0);
  if (scheme === "parted") return parted(total, start, backwards);
  const step = scheme === "all" ? 1 : 2;
  const first = scheme === "all" || start % 2 === (scheme === "odd" ? 1 : 0) ? start : start + 1;
  const numbers = [];
  let next = first;
  for (const length of groups) {
    if (restart) next = first;
    for (let place = 0; place < length; place += 1, next += step) numbers.push(String(next));
  }
  return backwards ? numbers.reverse() : numbers;
}

function parted(total, start, backwards) {
  const left = Math.ceil(total / 2);
  const odd = start % 2 ? start : start + 1;
  const even = odd + 1;
  const names = Array.from({ length: total }, (_, place) =>
    String(place < left ? odd + 2 * (left - 1 - place) : even + 2 * (place - left)),
  );
  return backwards ? names.reverse() : names;
}

/** The number after the last of a list, for what goes on counting: the largest plus one step; 1 after none. */
export function numberAfter(numbers, scheme = "all") {
  const known = numbers.map(Number).filter(Number.isFinite);
  return known.length ? Math.max(...known) + (scheme === "all" ? 1 : 2) : 1;
}
