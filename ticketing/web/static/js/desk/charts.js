// Draws each chart from the table behind it: what is drawn is what can be read.
const uPlot = window.uPlot;
const HEIGHT = 280;
const charts = [];

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const value = (text) => (text ? Number(text) : null);

function columns(figure) {
  const rows = [...figure.querySelectorAll("tr[data-x]")].map(({ dataset }) => [Number(dataset.x), value(dataset.y), value(dataset.z)]);
  const whole = [0, 1, 2].map((at) => rows.map((row) => row[at]));
  if (figure.dataset.chart === "line") return whole;
  // Minutes in which nobody came are no rows of the table, but gaps between the bars.
  const people = new Map(rows);
  const minutes = Array.from({ length: rows.at(-1)[0] - rows[0][0] + 1 }, (_, step) => rows[0][0] + step);
  return [minutes, minutes.map((minute) => people.get(minute) ?? 0)];
}

function draw(figure) {
  const titles = [...figure.querySelectorAll("thead th")].map((cell) => cell.textContent);
  const bars = figure.dataset.chart === "bars";
  const ink = colour("--soft");
  const grid = { stroke: colour("--line"), width: 1 };
  const axis = { stroke: ink, grid, ticks: grid };
  const whole = [1, 2, 5, 10, 20, 30, 60, 120, 240];
  // Hours before the start are drawn leftwards, and are no less than nothing.
  const ahead = bars ? (minute) => minute : Math.abs;
  const unit = (marks, told = (number) => number) => (chart, splits) => splits.map((split) => (split === null ? "" : `${told(split)}${marks}`));
  const options = {
    width: figure.clientWidth,
    height: HEIGHT,
    scales: {
      // A bar stands on its minute: half of the first and of the last would lie outside.
      x: { time: false, range: (chart, low, high) => (bars ? [low - 0.5, high + 0.5] : [low, high]) },
      y: { range: (chart, low, high) => [0, Math.max(1, bars ? high * 1.05 : Math.min(100, high * 1.15))] },
    },
    legend: { markers: { dash: (chart, at) => (chart.series[at].dash ? "dashed" : "solid") } },
    axes: [
      { ...axis, incrs: bars ? whole : [6, 12, 24, 48, 96], values: unit(bars ? "′" : " h", ahead) },
      { ...axis, incrs: bars ? whole : undefined, values: unit(bars ? "" : " %") },
    ],
    series: [
      { label: titles[0], value: (chart, at) => (at === null ? "–" : ahead(at)) },
      bars
        ? { label: titles[1], fill: colour("--ink"), stroke: colour("--ink"), paths: uPlot.paths.bars({ size: [0.8, 40] }), points: { show: false } }
        : { label: titles[2], stroke: colour("--ink"), width: 3, points: { show: false } },
      ...(bars ? [] : [{ label: titles[3], stroke: ink, width: 2, dash: [6, 5], points: { show: false } }]),
    ],
  };
  return new uPlot(options, columns(figure), figure.querySelector(".plot"));
}

function drawAll() {
  charts.splice(0).forEach(({ chart }) => chart.destroy());
  for (const figure of document.querySelectorAll("[data-chart]")) charts.push({ figure, chart: draw(figure) });
}

drawAll();
document.addEventListener("redrawn", drawAll);
addEventListener("resize", () => charts.forEach(({ figure, chart }) => chart.setSize({ width: figure.clientWidth, height: HEIGHT })));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
