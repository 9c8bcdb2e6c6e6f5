// The histogram of misclassified epochs and its cut. An instance that scores below the cut is kept;
// its score is its count and, within the count, the rank of its loss, so the cut may split a bar.
// Everything that follows a drag is worked out here; on release Python hears the cut.

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 370;
const STRIP = 64; // below the axis, for planted instances
const MARGIN = { left: 70, right: 62, top: 36, bottom: 46 };
const WORD = 64; // pixels that "flagged" beside the cut needs
const ANSWER_PAUSE = 3000; // milliseconds that older answers are passed over after a cut was told
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
    this.told = null; // the cut that Python was told and has not answered yet
    this.observer = new ResizeObserver(() => this.data && this.draw());
    this.observer.observe(this.svg);
    this.pressed = () => this.tellNow(); // a link, perhaps: its click comes later
    document.addEventListener("pointerdown", this.pressed, true);
    this.left = () => this.forget(); // by Back or Forward, which press nothing
    addEventListener("popstate", this.left);
  }

  close() {
    this.observer.disconnect();
    document.removeEventListener("pointerdown", this.pressed, true);
    removeEventListener("popstate", this.left);
    this.forget();
  }

  update(data) {
    const moved = this.handle && this.data.token === data.token; // only the cut is another one
    this.data = data;
    if (!this.dragging && !this.timer && !this.isOld(data.cut)) {
      this.cut = data.cut;
      this.told = null;
    }
    if (moved) {
      this.place();
      return;
    }
    this.totals = data.groups[0].counts.map((_, c) => sum(data.groups.map((g) => g.counts[c])));
    this.strip = data.planted ? STRIP : 0;
    this.drawLegend();
    this.draw();
  }

  // Positions. The bar of count c reaches from c to c + 1 on the axis, x(c) is its middle; a cut
  // stands where the axis says.
  x(c) {
    const p = this.data.epochs;
    return MARGIN.left + ((c + 1) / (p + 2)) * this.width;
  }

  y(n) {
    return MARGIN.top + (1 - n / this.top) * this.height;
  }

  at(cut) {
    return this.x(cut - 0.5);
  }

  get bottom() {
    return MARGIN.top + this.height;
  }

  share(value) {
    return MARGIN.top + (1 - value) * this.height;
  }

  draw() {
    const outer = this.svg.clientWidth;
    if (!outer) return;
    this.width = outer - MARGIN.left - MARGIN.right;
    this.height = HEIGHT - MARGIN.top - MARGIN.bottom - this.strip;
    const expected = this.data.expected || [[0], [0]];
    const fitted = expected[0].map((value, c) => value + expected[1][c]);
    this.top = 1.05 * Math.max(1, ...this.totals, ...fitted);
    const focused = this.handle && this.root.activeElement === this.handle;
    this.svg.replaceChildren();
    this.drawAxes();
    this.drawShade();
    this.drawBars();
    this.drawFit(fitted);
    if (this.strip) this.drawPlanted();
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
    const under = this.bottom + this.strip;
    for (const c of countTicks(p + 1, Math.floor(this.width / 56))) {
      const x = this.at(c);
      this.add("line", { x1: x, x2: x, y1: under, y2: under + 4, class: "axis" });
      this.label(x, under + 17, String(c), "middle");
      if (c > p) continue;
      this.add("line", { x1: x, x2: x, y1: MARGIN.top - 4, y2: MARGIN.top, class: "axis" });
      this.label(x, MARGIN.top - 8, String(2 * c - p).replace("-", "−"), "middle", "second");
    }
    this.add("line", { x1: MARGIN.left, x2: right, y1: MARGIN.top, y2: MARGIN.top, class: "grid" });
    this.add("line", { x1: MARGIN.left, x2: right, y1: this.bottom, y2: this.bottom, class: "axis" });
    if (this.strip) this.add("line", { x1: MARGIN.left, x2: right, y1: under, y2: under, class: "grid" });
    const middle = MARGIN.left + this.width / 2;
    this.label(middle, 11, "Metric (epochs misclassified − epochs memorized)", "middle", "second");
    this.label(middle, HEIGHT - 8, "Misclassified epochs", "middle");
    const { things } = this.data;
    this.turned(16, MARGIN.top + this.height / 2, things[0].toUpperCase() + things.slice(1));
    if (!this.data.posterior) return;
    for (const share of [0, 25, 50, 75, 100]) {
      this.label(right + 8, this.share(share / 100) + 4, `${share} %`, "start");
    }
    this.turned(right + 54, MARGIN.top + this.height / 2, "P(clean)");
  }

  drawShade() {
    const colour = this.data.colours.mislabeled;
    this.shade = this.add("rect", {
      y: MARGIN.top, height: this.height + this.strip, fill: colour, "fill-opacity": 0.12,
    });
  }

  // Mirrored below the axis, on a scale of their own, with the component that follows them.
  drawPlanted() {
    const { planted, expected, colours } = this.data;
    const n = Math.max(1, sum(planted));
    const mislabeled = expected ? expected[1] : [];
    const all = Math.max(1e-9, sum(mislabeled));
    const shares = planted.map((count) => count / n);
    const fitted = mislabeled.map((value) => value / all);
    const scale = (this.strip - 6) / Math.max(1e-9, ...shares, ...fitted);
    const wide = this.wide();
    const d = shares.map((share, c) =>
      share ? `M${(this.x(c) - wide / 2).toFixed(1)} ${this.bottom}h${wide.toFixed(2)}v${Math.max(1, share * scale).toFixed(1)}h${-wide.toFixed(2)}z` : "");
    this.add("path", { d: d.join(""), class: "planted", fill: colours.planted, stroke: colours.planted });
    if (!fitted.length) return;
    const line = fitted.map((v, c) => `${this.x(c).toFixed(1)} ${(this.bottom + v * scale).toFixed(1)}`);
    this.add("path", { d: "M" + line.join("L"), class: "fit thin", stroke: colours.mislabeled });
  }

  wide() {
    return (this.width / (this.data.epochs + 2)) * (this.data.epochs > 199 ? 1 : 0.9);
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

  // `first` and `end` are cuts; of the bar that one splits, the share on this side is drawn.
  barPath(counts, below, first = 0, end = counts.length) {
    const full = this.wide();
    const parts = [];
    for (let c = Math.floor(first); c < end && c < counts.length; c += 1) {
      if (!counts[c]) continue;
      const left = Math.max(0, first - c);
      const wide = full * (Math.min(1, end - c) - left);
      if (wide < 0.05) continue;
      const from = this.y(below ? below[c] : 0);
      const tall = Math.max(1, from - this.y((below ? below[c] : 0) + counts[c]));
      parts.push(`M${(this.x(c) - full / 2 + left * full).toFixed(1)} ${from.toFixed(1)}h${wide.toFixed(2)}v${-tall.toFixed(1)}h${-wide.toFixed(2)}z`);
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
    const x = this.at(this.data.ruleCut);
    const y2 = this.bottom + this.strip;
    this.add("line", { x1: x, x2: x, y1: MARGIN.top, y2, class: "rule" });
  }

  drawHandle() {
    const handle = this.add("g", {
      class: "handle", tabindex: 0, role: "slider", "aria-valuemin": 0,
      "aria-valuemax": this.data.epochs + 1,
      "aria-label": `Cut. Arrow keys move it by an epoch, with Shift by a tenth; ${this.data.things} misclassified in fewer epochs are kept.`,
    });
    this.add("line", { y1: MARGIN.top, y2: this.bottom + this.strip }, handle);
    this.add("circle", { cy: MARGIN.top + this.height / 2, r: 11 }, handle);
    const middle = MARGIN.top + this.height / 2;
    this.add("path", { d: `M-3 ${middle - 4}l-4 4l4 4M3 ${middle - 4}l4 4l-4 4` }, handle);
    this.handle = handle;
    this.flagged = this.label(0, MARGIN.top + 14, "flagged ▸", "start");
    this.kept = this.label(0, MARGIN.top + 14, "◂ kept", "end");
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
    this.handle.onblur = () => this.tellNow(); // by Tab, on the way to a link
  }

  letGo() {
    if (!this.dragging) return;
    this.dragging = false;
    this.tell();
  }

  tell() {
    if (this.cut === this.data.cut) return;
    this.told = { cut: this.cut, until: performance.now() + ANSWER_PAUSE };
    this.commit(this.cut);
  }

  // An answer to a cut before the one that was told last: the next key would start from there.
  isOld(cut) {
    return this.told !== null && cut !== this.told.cut && performance.now() < this.told.until;
  }

  key(event) {
    const big = Math.max(1, Math.round(this.data.epochs / 10));
    const arrow = event.shiftKey && !this.data.whole ? 1 / this.data.perCount : 1;
    const steps = {
      ArrowLeft: -arrow, ArrowDown: -arrow, ArrowRight: arrow, ArrowUp: arrow, PageDown: -big, PageUp: big,
      Home: -Infinity, End: Infinity,
    };
    if (!(event.key in steps)) return;
    event.preventDefault();
    this.move(this.snap(this.cut + steps[event.key]));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tellNow(), KEY_PAUSE);
  }

  // A cut that is told after a link to another page was followed leaves that page empty: streamlit
  // goes back to the page that the cut is of, and finds nothing to run there.
  tellNow() {
    if (!this.timer) return;
    this.forget();
    this.tell();
  }

  forget() {
    clearTimeout(this.timer);
    this.timer = 0;
  }

  cutAt(event) {
    const inside = event.clientX - this.svg.getBoundingClientRect().left - MARGIN.left;
    const c = (inside / this.width) * (this.data.epochs + 2) - 1;
    return this.snap(c + 0.5);
  }

  snap(cut) {
    const steps = this.data.whole ? 1 : this.data.perCount;
    return clamp(Math.round(cut * steps) / steps, 0, this.data.epochs + 1);
  }

  move(cut) {
    this.cut = cut;
    this.place();
    this.tellField();
  }

  // The number field shows the cut while it is dragged; Python sets it when the hand lets go.
  tellField() {
    if (!this.data.field) return;
    const key = this.data.field.trim().replace(/[^a-zA-Z0-9_-]/g, "-");
    const field = document.querySelector(`.st-key-${CSS.escape(key)} input`);
    if (field) field.value = words(this.cut);
  }

  place() {
    const x = this.at(this.cut);
    this.handle.setAttribute("transform", `translate(${x} 0)`);
    this.shade.setAttribute("x", x);
    this.shade.setAttribute("width", Math.max(0, MARGIN.left + this.width - x));
    const end = MARGIN.left + this.width;
    this.flagged.setAttribute("x", x + 8);
    this.flagged.style.visibility = end - x < WORD ? "hidden" : "";
    this.kept.setAttribute("x", x - 8);
    this.kept.style.visibility = x - MARGIN.left < WORD ? "hidden" : "";
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
    const table = this.data.kept;
    const n = table[table.length - 1];
    const step = Math.round(this.cut * this.data.perCount);
    const here = this.cut === this.data.cut; // maybe between two steps of the table
    const kept = here ? this.data.keptHere : table[step];
    const score = (name) => (here ? this.data.scoresHere[name] : this.data.scores[name][step]);
    const parts = [
      `Cut ${words(this.cut)}: ${kept.toLocaleString("en")} kept (${percent(kept / n)}), ` +
        `${(n - kept).toLocaleString("en")} flagged`,
    ];
    const names = { precision: "precision", recall: "recall", f1_flagged: "F1 of flagged" };
    const scores = Object.entries(names)
      .filter(([name]) => this.data.scores[name])
      .map(([name, word]) => `${word} ${asScore(score(name))}`);
    if (scores.length) parts.push(`${this.data.scoresAre} ${scores.join(", ")}`);
    return parts.join(" · ");
  }

  drawLegend() {
    const { colours, groups, expected, planted, posterior, rule, ruleCut, things } = this.data;
    const known = groups.length > 1;
    const entries = known
      ? groups.map((g) => [`${g.name} ${things}`, colours[g.name], ""])
      : [[`kept ${things}`, colours.clean, ""], [`flagged ${things}`, colours.mislabeled, ""]];
    if (expected) {
      entries.push(["fitted clean component", colours.clean, "solid"]);
      entries.push(["fitted mislabeled component", colours.mislabeled, "solid"]);
      entries.push(["both components", colours.all, "dotted"]);
    }
    if (planted) {
      const n = sum(planted).toLocaleString("en");
      const scaled = expected ? ", scaled to the fitted mislabeled component" : "";
      entries.push([`${n} planted (known to be wrong), below the axis${scaled}`, colours.planted, ""]);
    }
    if (posterior) entries.push(["P(clean), right axis", colours.posterior, "dashed"]);
    entries.push([`cut ${words(ruleCut)} of the rule ${rule}`, "currentColor", "dotted"]);
    this.legend.replaceChildren(...entries.map(([text, colour, line]) => key(text, colour, line)));
  }

  add(kind, attributes, parent = this.svg) {
    const node = document.createElementNS(SVG, kind);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    parent.append(node);
    return node;
  }

  label(x, y, text, anchor, kind = "") {
    const node = this.add("text", { x, y, "text-anchor": anchor, class: kind });
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

function countTicks(last, most) {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
  const step = steps.find((s) => last / s <= most) || 10000;
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step);
}

// "12" for a whole number of epochs, "10.58" within a count.
function words(cut) {
  return String(Number(cut.toFixed(2)));
}

function percent(share) {
  return share === null || Number.isNaN(share) ? "–" : `${(100 * share).toFixed(1)} %`;
}

// A score as the field writes it: ".917".
function asScore(value) {
  return value === null || Number.isNaN(value) ? "–" : value.toFixed(3).replace(/^0/, "");
}

function sum(values) {
  return values.reduce((a, b) => a + b, 0);
}

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
