// Addresses that look misspelled, by the same rule as the server's (pages/email_spelling.py), asked while one types on.
const NAME_SIGNS_MIN = 6;
const LONG_NAME_SIGNS = 9;
const OTHERS = new Set(["mail.com", "email.com", "ymail.com", "gmx.com", "mail.fr", "inbox.lv", "me.com"]);

export function spelledRight(email, usual) {
  const text = email.trim();
  const at = text.lastIndexOf("@");
  const domain = text.slice(at + 1).toLowerCase().replace(/\.+$/, "").replaceAll(",", ".");
  if (at < 1 || domain.length < NAME_SIGNS_MIN || OTHERS.has(domain)) return "";
  const [steps, near] = usual
    .map((name) => [stepsBetween(domain, name), name])
    .reduce((one, other) => (other[0] < one[0] || (other[0] === one[0] && other[1] < one[1]) ? other : one));
  const allowed = near.length >= LONG_NAME_SIGNS && domain[0] === near[0] ? 2 : 1;
  const meant = `${text.slice(0, at)}@${near}`;
  return near.length >= NAME_SIGNS_MIN && steps <= allowed && meant.toLowerCase() !== text.toLowerCase() ? meant : "";
}

function stepsBetween(one, other) {
  let before = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const changed = one[row - 1] === other[column - 1] ? 0 : 1;
      let steps = Math.min(last[column] + 1, line[column - 1] + 1, last[column - 1] + changed);
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]) {
        steps = Math.min(steps, before[column - 2] + 1);
      }
      line.push(steps);
    }
    [before, last] = [last, line];
  }
  return last[other.length];
}
