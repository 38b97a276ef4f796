// The signed code of a ticket or badge, as docs/codes.md tells it: read strictly, checked by the keys of the house.
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const CODE_SIGNS = 138;
const PAYLOAD_BYTES = 28;
const FORMAT_VERSION = 1;
const DOMAIN = new TextEncoder().encode("ticketing/code/v1\0");
const NUMBER_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const NUMBER_SIGNS = 12;
const NUMBERS = BigInt(NUMBER_ALPHABET.length) ** BigInt(NUMBER_SIGNS);
// Of a badge the number has this bit, and is written with a B before it.
const BADGE_BIT = 1n << 63n;
const NUMBER = new RegExp(`^B?[${NUMBER_ALPHABET}]{${NUMBER_SIGNS}}$`);

/** The bytes of a base45 text (RFC 9285), or null: each text has one meaning and each meaning one text. */
export function base45(text) {
  const values = Array.from(text, (sign) => ALPHABET.indexOf(sign));
  if (values.includes(-1) || values.length % 3 === 1) return null;
  const bytes = [];
  for (let place = 0; place < values.length; place += 3) {
    const group = values.slice(place, place + 3);
    const value = group.reduceRight((sum, digit) => sum * 45 + digit, 0);
    if (value > (group.length === 3 ? 0xffff : 0xff)) return null;
    if (group.length === 3) bytes.push(value >> 8);
    bytes.push(value & 0xff);
  }
  return Uint8Array.from(bytes);
}

function ticketOf(number) {
  if (number >= BADGE_BIT) return `B${ticketOf(number - BADGE_BIT)}`;
  let signs = "";
  for (let place = 0; place < NUMBER_SIGNS; place += 1) {
    signs = NUMBER_ALPHABET[Number(number % BigInt(NUMBER_ALPHABET.length))] + signs;
    number /= BigInt(NUMBER_ALPHABET.length);
  }
  return signs;
}

/** The number of a ticket or badge where that was typed, as the house reads it; spaces and dashes aside. */
export function typedNumber(text) {
  const number = text.length <= 2 * NUMBER_SIGNS ? text.replace(/[\s-]/g, "").toUpperCase() : "";
  return NUMBER.test(number) ? number : null;
}

/** Is this the number of a badge? */
export const isBadge = (number) => number.length > NUMBER_SIGNS;

/** What a code says, its signature not checked yet; null where it can't be one of ours. */
export function readCode(text) {
  const code = text.trim();
  if (code.length !== CODE_SIGNS) return null;
  const bytes = base45(code);
  if (bytes === null || bytes[0] !== FORMAT_VERSION) return null;
  const view = new DataView(bytes.buffer);
  const number = view.getBigUint64(2);
  if ((number & (BADGE_BIT - 1n)) >= NUMBERS) return null;
  return {
    key: bytes[1],
    ticket: ticketOf(number),
    digest: btoa(String.fromCharCode(...bytes.subarray(10, 16))),
    revision: view.getUint16(18),
    signed: bytes.subarray(0, PAYLOAD_BYTES),
    signature: bytes.subarray(PAYLOAD_BYTES),
  };
}

const imported = new Map();

function importKey(base64) {
  if (!imported.has(base64)) {
    const raw = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
    imported.set(base64, crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]));
  }
  return imported.get(base64);
}

/** Can this browser check signatures? Only pages that came safely may, and only newer browsers know Ed25519. */
export async function checksSignatures() {
  try {
    await importKey("A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=");
    return true;
  } catch {
    return false;
  }
}

/** `good`, `wrong`, `unknown_key`, or `unchecked` where the browser can't. `keys`: base64 by key id. */
export async function signatureOf(read, keys) {
  const known = keys[read.key];
  if (known === undefined) return "unknown_key";
  const message = new Uint8Array([...DOMAIN, ...read.signed]);
  try {
    const key = await importKey(known);
    return (await crypto.subtle.verify("Ed25519", key, read.signature, message)) ? "good" : "wrong";
  } catch {
    return "unchecked";
  }
}
