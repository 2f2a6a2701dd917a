// Puts plots that can be zoomed in the place of the plain ones. Whatever goes wrong, the plain one stays.
(() => {
  "use strict";
  const plots = JSON.parse(document.getElementById("plots").textContent);
  const number = v => v === 0 ? "0" : Math.abs(v) >= 100 ? Math.round(v).toLocaleString("en-GB") : String(+v.toPrecision(3));
  const percentile = x => String(+(100 - 100 / x).toPrecision(Math.max(3, Math.floor(Math.log10(x) + 1e-9) + 2)));

  function shade(u, until) {
    const left = u.bbox.left, right = Math.min(u.valToPos(until, "x", true), left + u.bbox.width);
    if (!(right > left)) return;
    u.ctx.save();
    u.ctx.fillStyle = "#eef1f5";
    u.ctx.fillRect(left, u.bbox.top, right - left, u.bbox.height);
    u.ctx.fillStyle = "#8a94a3";
    u.ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    u.ctx.textBaseline = "top";
    u.ctx.textAlign = "left";
    if (right - left > 60 * devicePixelRatio) u.ctx.fillText("warm-up", left + 5 * devicePixelRatio, u.bbox.top + 4 * devicePixelRatio);
    u.ctx.restore();
  }

  // A value between two gaps has no line to be seen by.
  function alone(u, i) {
    const values = u.data[i];
    return values.flatMap((v, at) => v != null && values[at - 1] == null && values[at + 1] == null ? [at] : []);
  }

  function draw(box, plot) {
    const line = { stroke: "#5b6675", grid: { stroke: "#e8ebef", width: 1 }, ticks: { stroke: "#c5ccd5", width: 1, size: 5 }, font: "11px system-ui, sans-serif", labelFont: "11px system-ui, sans-serif", labelSize: 20 };
    const xText = plot.isSpectrum ? percentile : v => String(v);
    const size = () => ({ width: Math.max(280, box.clientWidth), height: 255 });
    const options = {
      ...size(),
      padding: [12, 22, 0, 0],
      legend: { markers: { fill: (u, i) => plot.series[i - 1]?.color ?? "transparent", width: 0 } },
      scales: { x: { time: false, distr: plot.isSpectrum ? 3 : 1, range: plot.isSpectrum ? (u, min, max) => [min, max > min ? max : min * 10] : undefined }, y: { distr: plot.isLog ? 3 : 1, range: plot.isLog ? undefined : (u, min, max) => [0, max > 0 ? max * 1.08 : 1] } },
      axes: [
        { ...line, label: plot.xLabel, size: 32, values: (u, at) => at.map(v => v == null ? "" : xText(v) + (plot.isSpectrum ? " %" : "")) },
        { ...line, label: plot.unit, size: 54, values: (u, at) => at.map(v => v == null ? "" : number(v)) },
      ],
      series: [
        { label: plot.isSpectrum ? "percentile" : "second", value: (u, v) => v == null ? "" : xText(v) },
        ...plot.series.map(s => ({ label: s.label, stroke: s.color, width: 1.6, dash: s.isDashed ? [6, 4] : undefined, points: { show: true, size: 4, filter: alone }, value: (u, v) => v == null ? (u.cursor.idx == null ? "" : "–") : number(v) })),
      ],
      cursor: plot.isSpectrum ? {} : { sync: { key: "time" } },
      hooks: {
        drawClear: plot.warmUpUntil == null ? [] : [u => shade(u, plot.warmUpUntil)],
        setCursor: [u => u.root.classList.toggle("pointed", u.cursor.idx != null)],
      },
    };
    const values = plot.series.map(s => plot.isLog ? s.values.map(v => v > 0 ? v : null) : s.values);
    const holder = document.createElement("div");
    box.appendChild(holder);
    try {
      const u = new uPlot(options, [plot.x, ...values], holder);
      for (const plain of [...box.children]) if (plain !== holder) plain.remove();
      box.dataset.drawn = "uplot";
      addEventListener("resize", () => u.setSize(size()));
    } catch (fault) {
      holder.remove();
      console.error(`plot ${plot.id}:`, fault);
    }
  }

  if (typeof uPlot === "function") for (const plot of plots) draw(document.getElementById("plot-" + plot.id), plot);
})();
