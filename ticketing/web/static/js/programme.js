// Says so where the visitor's clock is set to another zone than that of a city in the list; asks nobody.
const offset = (zone, moment) => {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(moment);
  return parts.find((part) => part.type === "timeZoneName").value;
};

for (const note of document.querySelectorAll("[data-zones]")) {
  const times = [...document.querySelectorAll("time[datetime]")].map((time) => new Date(time.dateTime));
  const zones = note.dataset.zones.split(" ").filter(Boolean);
  note.hidden = !times.some((moment) => zones.some((zone) => offset(zone, moment) !== offset(undefined, moment)));
}

// The day that is chosen is in sight.
document.querySelector(".days [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
