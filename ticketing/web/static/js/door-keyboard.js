// A hand-held scanner presses keys, and what they write is for the device's layout to say: where that is Russian or Kazakh
// a code comes in Cyrillic. Here it is read as what stands on the keys of an English one, which scanners take for granted.
const LETTERS = { Й: "Q", Ц: "W", У: "E", К: "R", Е: "T", Н: "Y", Г: "U", Ш: "I", Щ: "O", З: "P", Ф: "A", Ы: "S", В: "D" };
Object.assign(LETTERS, { А: "F", П: "G", Р: "H", О: "J", Л: "K", Д: "L", Я: "Z", Ч: "X", С: "C", М: "V", И: "B", Т: "N", Ь: "M" });
Object.assign(LETTERS, { Ж: ":", Ю: "." });
const RUSSIAN = { ";": "$", ".": "/" };
// The Kazakh letters stand where digits are, and with Shift where their signs are.
const KAZAKH = { '"': "1", ә: "2", і: "3", ң: "4", ғ: "5", ",": "6", ".": "7", ү: "8", ұ: "9", қ: "0" };
Object.assign(KAZAKH, { Ң: "$", Ғ: "%", Ү: "*", Һ: "+", ө: "-", Ө: "-", "№": "/" });

/** What was meant by what was typed. Codes and numbers have no small letters, which a scanner writes where Caps Lock is on. */
export function asTyped(text) {
  if (!/[а-яё]/i.test(text)) return text.toUpperCase();
  const signs = /[әіңғүұқөһ№"]/i.test(text) ? KAZAKH : RUSSIAN;
  return Array.from(text, (sign) => signs[sign] ?? LETTERS[sign.toUpperCase()] ?? sign).join("");
}
