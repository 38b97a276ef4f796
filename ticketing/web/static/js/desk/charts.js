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
  const unit = (marks) => (chart, splits) => splits.map((split) => (split === null ? "" : `${split}${marks}`));
  const options = {
    width: figure.clientWidth,
    height: HEIGHT,
    scales: { x: { time: false }, y: { range: (chart, low, high) => [0, Math.max(1, bars ? high : Math.min(100, high * 1.15))] } },
    axes: [{ ...axis, values: unit(bars ? "′" : " h") }, { ...axis, values: unit(bars ? "" : " %") }],
    series: [
      { label: titles[0] },
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
