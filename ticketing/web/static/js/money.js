// Amounts as the server writes them. Browsers don't know how Kazakh groups digits, so we say it ourselves.
export function written(amount, pattern) {
  const english = document.documentElement.lang === "en";
  const [units, decimals] = (amount / 100).toFixed(amount % 100 ? 2 : 0).split(".");
  const grouped = units.replace(/\B(?=(\d{3})+$)/g, english ? "," : "\u00a0");
  return pattern.replace("{}", decimals ? grouped + (english ? "." : ",") + decimals : grouped);
}
