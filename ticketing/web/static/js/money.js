// Numbers as the server writes them. Browsers don't know how Kazakh groups digits, so we say it ourselves.
const english = document.documentElement.lang === "en";

export const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, english ? "," : "\u00a0");

export function written(amount, pattern) {
  const [units, decimals] = (amount / 100).toFixed(amount % 100 ? 2 : 0).split(".");
  return pattern.replace("{}", decimals ? grouped(units) + (english ? "." : ",") + decimals : grouped(units));
}
