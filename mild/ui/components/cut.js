// The histogram of the metric and its cut. An instance misclassified in fewer epochs than the cut
// is kept. Everything that follows a drag is worked out here; on release Python hears the cut.

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 380;
const MARGIN = { left: 70, right: 62, top: 24, bottom: 50 };
const KEY_PAUSE = 120; // milliseconds after the last key until Python hears the cut
const charts = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let chart = charts.get(parentElement);
  if (!chart) {
    chart = new CutChart(parentElement);
    charts.set(parentElement, chart);
  }
  chart.commit = (cut) => setTriggerValue("cut", cut);
  chart.update(data);
  return () => chart.close();
}

class CutChart {
  constructor(root) {
    this.root = root;
    this.svg = root.querySelector(".chart");
    this.legend = root.querySelector(".legend");
    this.readout = root.querySelector(".readout");
    this.dragging = false;
    this.timer = 0;
    this.observer = new ResizeObserver(() => this.data && this.draw());
    this.observer.observe(this.svg);
  }

  close() {
    this.observer.disconnect();
    clearTimeout(this.timer);
  }

  update(data) {
    const moved = this.handle && this.data.token === data.token; // only the cut is another one
    this.data = data;
    if (!this.dragging && !this.timer) this.cut = data.cut;
    if (moved) {
      this.place();
      return;
    }
    this.totals = data.groups[0].counts.map((_, c) => sum(data.groups.map((g) => g.counts[c])));
    this.keptAt = [0];
    this.totals.forEach((n) => this.keptAt.push(this.keptAt[this.keptAt.length - 1] + n));
    this.drawLegend();
    this.draw();
  }

  // Positions. Counts c = 0 .. p stand at metric 2 c - p; the cut stands half-way below its count.
  x(c) {
    const p = this.data.epochs;
    return MARGIN.left + ((c + 1) / (p + 2)) * this.width;
  }

  y(n) {
    return MARGIN.top + (1 - n / this.top) * this.height;
  }

  share(value) {
    return MARGIN.top + (1 - value) * this.height;
  }

  draw() {
    const outer = this.svg.clientWidth;
    if (!outer) return;
    this.width = outer - MARGIN.left - MARGIN.right;
    this.height = HEIGHT - MARGIN.top - MARGIN.bottom;
    const expected = this.data.expected || [[0], [0]];
    const fitted = expected[0].map((value, c) => value + expected[1][c]);
    this.top = 1.05 * Math.max(1, ...this.totals, ...fitted);
    const focused = this.handle && this.root.activeElement === this.handle;
    this.svg.replaceChildren();
    this.drawAxes();
    this.drawShade();
    this.drawBars();
    this.drawFit(fitted);
    this.drawRule();
    this.drawHandle();
    this.listen();
    this.place();
    if (focused) this.handle.focus({ preventScroll: true });
  }

  drawAxes() {
    const p = this.data.epochs;
    const right = MARGIN.left + this.width;
    for (const n of ticks(this.top)) {
      this.add("line", { x1: MARGIN.left, x2: right, y1: this.y(n), y2: this.y(n), class: "grid" });
      this.label(MARGIN.left - 8, this.y(n) + 4, n.toLocaleString("en"), "end");
    }
    for (const metric of metricTicks(p, Math.floor(this.width / 70))) {
      this.label(this.x((metric + p) / 2), HEIGHT - MARGIN.bottom + 18, String(metric), "middle");
    }
    const bottom = HEIGHT - MARGIN.bottom;
    this.add("line", { x1: MARGIN.left, x2: right, y1: bottom, y2: bottom, class: "axis" });
    const middle = MARGIN.left + this.width / 2;
    this.label(middle, HEIGHT - 10, "Metric: memorization minus forgetting difficulty (epochs)", "middle");
    this.turned(16, MARGIN.top + this.height / 2, "Instances");
    if (!this.data.posterior) return;
    for (const share of [0, 25, 50, 75, 100]) {
      this.label(right + 8, this.share(share / 100) + 4, `${share} %`, "start");
    }
    this.turned(right + 54, MARGIN.top + this.height / 2, "P(clean)");
  }

  drawShade() {
    const colour = this.data.colours.mislabeled;
    this.shade = this.add("rect", {
      y: MARGIN.top, height: this.height, fill: colour, "fill-opacity": 0.12,
    });
  }

  // All bars of a group are one path. Where clean labels are unknown, the side of the cut colours
  // them, so there are two paths, cut again at each move.
  drawBars() {
    const known = this.data.groups.length > 1;
    const names = known ? this.data.groups.map((g) => g.name) : ["clean", "mislabeled"];
    this.bars = names.map((name) =>
      this.add("path", { fill: this.data.colours[name], "fill-opacity": 0.78, stroke: this.data.colours[name] }),
    );
    if (!known) return;
    const below = this.totals.map(() => 0);
    this.data.groups.forEach((group, i) => {
      this.bars[i].setAttribute("d", this.barPath(group.counts, below));
      group.counts.forEach((n, c) => (below[c] += n));
    });
  }

  barPath(counts, below, first = 0, end = counts.length) {
    const wide = (this.width / (this.data.epochs + 2)) * (counts.length > 200 ? 1 : 0.9);
    const parts = [];
    for (let c = first; c < end; c += 1) {
      if (!counts[c]) continue;
      const from = this.y(below ? below[c] : 0);
      const tall = Math.max(1, from - this.y((below ? below[c] : 0) + counts[c]));
      parts.push(`M${(this.x(c) - wide / 2).toFixed(1)} ${from.toFixed(1)}h${wide.toFixed(2)}v${-tall.toFixed(1)}h${-wide.toFixed(2)}z`);
    }
    return parts.join("");
  }

  drawFit(fitted) {
    const { expected, posterior, colours } = this.data;
    const line = (values, place) =>
      "M" + values.map((v, c) => `${this.x(c).toFixed(1)} ${place.call(this, v).toFixed(1)}`).join("L");
    if (expected) {
      this.add("path", { d: line(expected[0], this.y), class: "fit", stroke: colours.clean });
      this.add("path", { d: line(expected[1], this.y), class: "fit", stroke: colours.mislabeled });
      this.add("path", { d: line(fitted, this.y), class: "fit sum", stroke: colours.all });
    }
    if (posterior) {
      const d = line(posterior, this.share);
      this.add("path", { d, class: "fit posterior", stroke: colours.posterior });
    }
  }

  drawRule() {
    const x = this.x(this.data.ruleCut - 0.5);
    const y2 = HEIGHT - MARGIN.bottom;
    this.add("line", { x1: x, x2: x, y1: MARGIN.top, y2, class: "rule" });
  }

  drawHandle() {
    const handle = this.add("g", {
      class: "handle", tabindex: 0, role: "slider", "aria-valuemin": 0,
      "aria-valuemax": this.data.epochs + 1,
      "aria-label": "Cut. Arrow keys move it; images misclassified in fewer epochs are kept.",
    });
    this.add("line", { y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom }, handle);
    this.add("circle", { cy: MARGIN.top + this.height / 2, r: 11 }, handle);
    const middle = MARGIN.top + this.height / 2;
    this.add("path", { d: `M-3 ${middle - 4}l-4 4l4 4M3 ${middle - 4}l4 4l-4 4` }, handle);
    this.handle = handle;
    this.flagged = this.label(0, MARGIN.top - 8, "flagged ▸", "start");
    this.kept = this.label(0, MARGIN.top - 8, "◂ kept", "end");
  }

  listen() {
    this.svg.onpointerdown = (event) => {
      if (event.button) return;
      this.dragging = true;
      this.svg.setPointerCapture(event.pointerId);
      this.handle.focus({ preventScroll: true });
      this.move(this.cutAt(event));
      event.preventDefault();
    };
    this.svg.onpointermove = (event) => this.dragging && this.move(this.cutAt(event));
    this.svg.onpointerup = () => this.letGo();
    this.svg.onpointercancel = () => this.letGo();
    this.handle.onkeydown = (event) => this.key(event);
  }

  letGo() {
    if (!this.dragging) return;
    this.dragging = false;
    if (this.cut !== this.data.cut) this.commit(this.cut);
  }

  key(event) {
    const big = Math.max(1, Math.round(this.data.epochs / 10));
    const steps = {
      ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -big, PageUp: big,
      Home: -Infinity, End: Infinity,
    };
    if (!(event.key in steps)) return;
    event.preventDefault();
    this.move(clamp(this.cut + steps[event.key], 0, this.data.epochs + 1));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = 0;
      if (this.cut !== this.data.cut) this.commit(this.cut);
    }, KEY_PAUSE);
  }

  cutAt(event) {
    const inside = event.clientX - this.svg.getBoundingClientRect().left - MARGIN.left;
    const c = (inside / this.width) * (this.data.epochs + 2) - 1;
    return clamp(Math.round(c + 0.5), 0, this.data.epochs + 1);
  }

  move(cut) {
    this.cut = cut;
    this.place();
  }

  place() {
    const x = this.x(this.cut - 0.5);
    this.handle.setAttribute("transform", `translate(${x} 0)`);
    this.shade.setAttribute("x", x);
    this.shade.setAttribute("width", Math.max(0, MARGIN.left + this.width - x));
    this.flagged.setAttribute("x", x + 8);
    this.kept.setAttribute("x", x - 8);
    if (this.data.groups.length === 1) {
      const counts = this.data.groups[0].counts;
      this.bars[0].setAttribute("d", this.barPath(counts, null, 0, this.cut));
      this.bars[1].setAttribute("d", this.barPath(counts, null, this.cut));
    }
    const text = this.describe();
    this.readout.textContent = text;
    this.handle.setAttribute("aria-valuenow", this.cut);
    this.handle.setAttribute("aria-valuetext", text);
  }

  describe() {
    const n = this.keptAt[this.keptAt.length - 1];
    const kept = this.keptAt[this.cut];
    const parts = [
      `Cut ${this.cut}: ${kept.toLocaleString("en")} kept (${percent(kept / n)}), ` +
        `${(n - kept).toLocaleString("en")} flagged`,
    ];
    const words = { precision: "precision", recall: "recall", f1_flagged: "F1 of flagged" };
    const scores = Object.entries(words)
      .filter(([name]) => this.data.scores[name])
      .map(([name, word]) => `${word} ${percent(this.data.scores[name][this.cut])}`);
    if (scores.length) parts.push(`${this.data.scoresAre} ${scores.join(", ")}`);
    return parts.join(" · ");
  }

  drawLegend() {
    const { colours, groups, expected, posterior, rule, ruleCut } = this.data;
    const known = groups.length > 1;
    const entries = known
      ? groups.map((g) => [`${g.name} instances`, colours[g.name], ""])
      : [["kept instances", colours.clean, ""], ["flagged instances", colours.mislabeled, ""]];
    if (expected) {
      entries.push(["fitted clean component", colours.clean, "solid"]);
      entries.push(["fitted mislabeled component", colours.mislabeled, "solid"]);
      entries.push(["both components", colours.all, "dotted"]);
    }
    if (posterior) entries.push(["P(clean), right axis", colours.posterior, "dashed"]);
    entries.push([`cut ${ruleCut} of the rule ${rule}`, "currentColor", "dotted"]);
    this.legend.replaceChildren(...entries.map(([text, colour, line]) => key(text, colour, line)));
  }

  add(kind, attributes, parent = this.svg) {
    const node = document.createElementNS(SVG, kind);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    parent.append(node);
    return node;
  }

  label(x, y, text, anchor) {
    const node = this.add("text", { x, y, "text-anchor": anchor });
    node.textContent = text;
    return node;
  }

  turned(x, y, text) {
    const node = this.label(x, y, text, "middle");
    node.setAttribute("transform", `rotate(-90 ${x} ${y})`);
  }
}

function key(text, colour, line) {
  const entry = document.createElement("span");
  const swatch = document.createElement("i");
  if (line) {
    swatch.className = "line";
    swatch.style.borderTopColor = colour;
    swatch.style.borderTopStyle = line;
  } else {
    swatch.style.background = colour;
  }
  entry.append(swatch, text);
  return entry;
}

function ticks(top) {
  const rough = top / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].find((m) => m * power >= rough) * power);
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, i) => i * step);
}

function metricTicks(p, most) {
  const steps = [1, 2, 4, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
  const step = steps.find((s) => (2 * p) / s <= most) || 10000;
  const first = Math.ceil(-p / step) * step;
  return Array.from({ length: Math.floor((p - first) / step) + 1 }, (_, i) => first + i * step);
}

function percent(share) {
  return share === null || Number.isNaN(share) ? "–" : `${(100 * share).toFixed(1)} %`;
}

function sum(values) {
  return values.reduce((a, b) => a + b, 0);
}

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
