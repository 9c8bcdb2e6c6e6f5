// Instances by epochs: how much of each row was memorized in each epoch, the share memorized of
// whole groups above it, and a replay of training over both. Replaying asks nothing of the server.

const HEIGHT = 500;
const CURVES = 110; // height of the upper picture
const MARGIN = { left: 64, right: 12, top: 8, gap: 18, bottom: 36 };
const STRIP = 9; // width of the strip that tells the groups of the rows
const REPLAY_SECONDS = 6;
const pictures = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let picture = pictures.get(parentElement);
  if (!picture) {
    picture = new StatusMatrix(parentElement);
    pictures.set(parentElement, picture);
  }
  picture.tell = setTriggerValue;
  picture.update(data);
  return () => picture.close();
}

class StatusMatrix {
  constructor(root) {
    this.root = root;
    this.canvas = root.querySelector(".picture");
    this.pen = this.canvas.getContext("2d");
    this.play = root.querySelector(".play");
    this.slider = root.querySelector(".epoch");
    this.where = root.querySelector(".where");
    this.legend = root.querySelector(".legend");
    this.readout = root.querySelector(".readout");
    this.token = "";
    this.cursor = null;
    this.playing = 0;
    this.sliding = false;
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.canvas);
    this.onCells = () => this.data && this.takeCells().then(() => this.image && this.follow());
    document.documentElement.addEventListener("mild-cells", this.onCells);
  }

  close() {
    document.documentElement.removeEventListener("mild-cells", this.onCells);
    this.observer.disconnect();
    cancelAnimationFrame(this.playing);
  }

  async update(data) {
    this.data = data;
    if (!this.playing && !this.sliding) this.epoch = data.upTo;
    this.slider.max = data.epochs;
    this.listen();
    this.drawLegend();
    this.canvas.setAttribute("aria-label", this.describe());
    await this.takeCells();
    if (this.image) this.follow();
  }

  // The cells come by themselves, before or after the facts; a token tells that they belong here.
  async takeCells() {
    const come = document.documentElement.mildCells;
    const token = this.data.token;
    if (!come || come.token !== token || this.token === token) return;
    const cells = await inflate(come.packed);
    if (this.data.token !== token || this.token === token) return; // newer ones came meanwhile
    this.token = token;
    this.cursor = null;
    this.cells = cells;
    this.image = paint(cells, this.data);
  }

  describe() {
    const rows = this.data.n.length;
    return (
      `Status of ${rows} rows of ${this.data.things} in ${this.data.epochs} epochs. ` +
      `Arrow keys move over rows and epochs, Enter shows the ${this.data.things} of a row.`
    );
  }

  // Places. Column k of the cells covers epochs k * each + 1 and on.
  x(epoch) {
    return this.left + ((epoch - 1) / Math.max(this.data.epochs, this.data.asked)) * this.width;
  }

  rowAt(y) {
    const inside = (y - this.top) / this.height;
    return inside < 0 || inside >= 1 ? -1 : Math.floor(inside * this.data.n.length);
  }

  epochAt(x) {
    const epochs = Math.max(this.data.epochs, this.data.asked);
    return Math.floor(((x - this.left) / this.width) * epochs) + 1;
  }

  draw() {
    const wide = this.canvas.clientWidth;
    if (this.token !== this.data?.token || !wide) return;
    const dense = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(wide * dense);
    this.canvas.height = Math.round(HEIGHT * dense);
    this.pen.setTransform(dense, 0, 0, dense, 0, 0);
    const style = getComputedStyle(this.canvas);
    this.ink = style.getPropertyValue("--st-text-color") || "#000";
    this.faint = style.getPropertyValue("--st-border-color") || "#888";
    this.pen.font = `12px ${style.getPropertyValue("--st-font") || "sans-serif"}`;
    this.left = MARGIN.left;
    this.width = wide - MARGIN.left - MARGIN.right;
    this.top = MARGIN.top + CURVES + MARGIN.gap;
    this.height = HEIGHT - this.top - MARGIN.bottom;
    this.drawCurves();
    this.drawCells();
    this.drawAxis();
    this.drawMarker();
    this.drawCursor();
  }

  drawCurves() {
    const y = (share) => MARGIN.top + (1 - share) * CURVES;
    this.pen.textAlign = "right";
    for (const percent of [0, 50, 100]) {
      this.line(this.left, y(percent / 100), this.left + this.width, y(percent / 100), this.faint, 1);
      this.text(`${percent} %`, this.left - 8, y(percent / 100) + 4);
    }
    for (const [name, shares] of Object.entries(this.data.curves)) {
      for (const [until, opacity] of [[shares.length, 0.25], [this.epoch, 1]]) {
        this.pen.globalAlpha = opacity;
        this.pen.strokeStyle = this.data.colours[name];
        this.pen.lineWidth = name === "all" ? 1.5 : 2.5;
        this.pen.setLineDash(name === "all" ? [3, 4] : []);
        this.pen.beginPath();
        shares.slice(0, until).forEach((share, i) => {
          if (share !== null) this.pen.lineTo(this.x(i + 1.5), y(share));
        });
        this.pen.stroke();
      }
    }
    this.pen.globalAlpha = 1;
    this.pen.setLineDash([]);
    this.turned("Memorized", 14, MARGIN.top + CURVES / 2);
  }

  drawCells() {
    const { pen, data } = this;
    const rgb = ([r, g, b]) => `rgb(${r} ${g} ${b})`;
    pen.fillStyle = rgb(data.colours.notSeen);
    pen.globalAlpha = 0.35;
    pen.fillRect(this.left, this.top, this.width, this.height);
    pen.globalAlpha = 1;
    const seen = Math.min(data.columns, Math.ceil(this.epoch / data.epochsEach));
    pen.imageSmoothingEnabled = false;
    const right = this.x(Math.min(seen * data.epochsEach, data.epochs) + 1);
    const rows = data.n.length;
    pen.drawImage(this.image, 0, 0, seen, rows, this.left, this.top, right - this.left, this.height);
    if (!data.second) return;
    const tall = this.height / rows;
    data.second.forEach((share, row) => {
      pen.fillStyle = mix(data.colours[data.groups[0]], data.colours[data.groups[1]], share / 100);
      pen.fillRect(this.left - STRIP - 3, this.top + row * tall, STRIP, tall + 0.5);
    });
  }

  drawAxis() {
    const epochs = Math.max(this.data.epochs, this.data.asked);
    const step = niceStep(epochs / Math.max(2, this.width / 70));
    this.pen.textAlign = "center";
    for (let epoch = step; epoch <= epochs; epoch += step) {
      this.text(String(epoch), this.x(epoch + 0.5), HEIGHT - MARGIN.bottom + 16);
    }
    this.text("Epoch", this.left + this.width / 2, HEIGHT - 6);
    const each = Math.round(this.data.n.reduce((a, b) => a + b, 0) / this.data.n.length);
    const { things } = this.data;
    const head = things[0].toUpperCase() + things.slice(1);
    const what = each > 1 ? `${head}, ${each.toLocaleString("en")} to a row` : head;
    this.turned(what, 14, this.top + this.height / 2);
  }

  drawMarker() {
    const x = this.x(this.epoch + 1);
    this.line(x, MARGIN.top, x, HEIGHT - MARGIN.bottom, this.ink, 1.5);
  }

  drawCursor() {
    const chosen = this.data.chosen;
    const tall = this.height / this.data.n.length;
    this.pen.strokeStyle = this.ink;
    this.pen.lineWidth = 2;
    if (chosen !== null && chosen < this.data.n.length) {
      const y = this.top + chosen * tall;
      this.pen.strokeRect(this.left - 1, y - 1, this.width + 2, Math.max(tall, 2) + 2);
    }
    if (!this.cursor) return;
    const { row, epoch } = this.cursor;
    const wide = this.width / Math.max(this.data.epochs, this.data.asked);
    this.pen.setLineDash([3, 3]);
    this.pen.lineWidth = 1;
    this.pen.strokeRect(this.left, this.top + row * tall - 1, this.width, Math.max(tall, 2) + 2);
    this.pen.setLineDash([]);
    this.pen.strokeRect(this.x(epoch), this.top + row * tall - 1, wide, Math.max(tall, 2) + 2);
  }

  listen() {
    this.play.onclick = () => (this.playing ? this.stop() : this.start());
    this.slider.oninput = () => {
      cancelAnimationFrame(this.playing);
      this.playing = 0;
      this.sliding = true;
      this.epoch = Number(this.slider.value);
      this.follow();
    };
    this.slider.onchange = () => {
      this.sliding = false;
      this.tellEpoch();
    };
    this.canvas.onpointermove = (event) => this.point(event);
    this.canvas.onpointerleave = () => this.moveCursor(null);
    this.canvas.onclick = (event) => {
      if (!this.cursor) this.point(event); // a finger; a click of the mouse is less exact than it
      this.choose();
    };
    this.canvas.onkeydown = (event) => this.key(event);
  }

  start() {
    const from = this.epoch >= this.data.epochs ? 0 : this.epoch;
    const began = performance.now();
    const step = () => {
      const passed = (performance.now() - began) / 1000 / REPLAY_SECONDS;
      const epoch = from + Math.floor(passed * this.data.epochs);
      this.epoch = Math.min(this.data.epochs, Math.max(1, epoch));
      this.follow();
      if (this.epoch >= this.data.epochs) this.stop();
      else this.playing = requestAnimationFrame(step);
    };
    this.playing = requestAnimationFrame(step);
    this.follow();
  }

  stop() {
    cancelAnimationFrame(this.playing);
    this.playing = 0;
    this.follow();
    this.tellEpoch();
  }

  tellEpoch() {
    if (this.epoch !== this.data.upTo) this.tell("epoch", this.epoch);
  }

  follow() {
    this.slider.value = this.epoch;
    this.play.textContent = this.playing ? "❚❚ Pause" : "▶ Replay";
    this.where.textContent = `Epoch ${this.epoch} of ${this.data.epochs}`;
    this.draw();
    this.say();
  }

  point(event) {
    const box = this.canvas.getBoundingClientRect();
    const row = this.rowAt(event.clientY - box.top);
    const epoch = this.epochAt(event.clientX - box.left);
    const inside = row >= 0 && epoch >= 1 && epoch <= this.data.epochs;
    this.moveCursor(inside ? { row, epoch } : null);
  }

  key(event) {
    const steps = {
      ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
      PageUp: [-20, 0], PageDown: [20, 0], Home: [-Infinity, 0], End: [Infinity, 0],
    };
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.choose();
    }
    if (!(event.key in steps)) return;
    event.preventDefault();
    const at = this.cursor || { row: 0, epoch: 1 };
    const [down, right] = this.cursor ? steps[event.key] : [0, 0];
    this.moveCursor({
      row: clamp(at.row + down, 0, this.data.n.length - 1),
      epoch: clamp(at.epoch + right, 1, this.data.epochs),
    });
  }

  choose() {
    if (this.cursor) this.tell("row", this.cursor.row);
  }

  moveCursor(cursor) {
    const same = cursor && this.cursor && cursor.row === this.cursor.row && cursor.epoch === this.cursor.epoch;
    if (same || (!cursor && !this.cursor)) return;
    this.cursor = cursor;
    this.draw();
    this.say();
  }

  say() {
    const { data, cursor } = this;
    if (!cursor || this.token !== data.token) {
      this.readout.textContent = `Point at a row to read it, choose it to see its ${data.things}.`;
      return;
    }
    const { row, epoch } = cursor;
    const first = data.n.slice(0, row).reduce((a, b) => a + b, 1);
    const n = data.n[row];
    const all = data.n.reduce((a, b) => a + b, 0);
    const place = (i) => i.toLocaleString("en");
    const name = data.names
      ? `${data.names[row]} (${place(first)} of ${place(all)})`
      : `Images ${place(first)} to ${place(first + n - 1)} of ${place(all)} in this order`;
    const most = data.classes[data.common[row]];
    const share = data.commonShare[row];
    const column = Math.floor((epoch - 1) / data.epochsEach);
    const percent = this.cells[row * data.columns + column];
    const parts = [
      name,
      share === 100 ? `labeled ${most}` : `mostly labeled ${most} (${share} %)`,
      `epoch ${epoch}: ` + (n === 1 ? (percent ? "memorized" : "misclassified") : `${percent} % memorized`),
    ];
    if (data.second) {
      const second = data.second[row];
      parts.push(n === 1 ? data.groups[second ? 1 : 0] : `${second} % of them ${data.groups[1]}`);
    }
    this.readout.textContent = parts.join(" · ");
  }

  drawLegend() {
    const { colours, curves, groups } = this.data;
    const rgb = ([r, g, b]) => `rgb(${r} ${g} ${b})`;
    const entries = Object.keys(curves).map((name) => [`${name} ${this.data.things}`, colours[name], "line"]);
    entries.push(["memorized", rgb(colours.memorized), ""]);
    entries.push(["misclassified", rgb(colours.misclassified), ""]);
    if (groups) entries.push([`strip at the left: ${groups[0]} or ${groups[1]}`, colours[groups[1]], ""]);
    this.legend.replaceChildren(...entries.map(([text, colour, kind]) => {
      const entry = document.createElement("span");
      const swatch = document.createElement("i");
      swatch.className = kind;
      swatch.style[kind ? "borderTopColor" : "background"] = colour;
      entry.append(swatch, text);
      return entry;
    }));
  }

  line(x1, y1, x2, y2, colour, wide) {
    this.pen.strokeStyle = colour;
    this.pen.lineWidth = wide;
    this.pen.beginPath();
    this.pen.moveTo(x1, y1);
    this.pen.lineTo(x2, y2);
    this.pen.stroke();
  }

  text(words, x, y) {
    this.pen.fillStyle = this.ink;
    this.pen.fillText(words, x, y);
  }

  turned(words, x, y) {
    this.pen.save();
    this.pen.translate(x, y);
    this.pen.rotate(-Math.PI / 2);
    this.pen.textAlign = "center";
    this.text(words, 0, 0);
    this.pen.restore();
  }
}

async function inflate(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function paint(cells, data) {
  const image = document.createElement("canvas");
  image.width = data.columns;
  image.height = data.n.length;
  const pen = image.getContext("2d");
  const pixels = pen.createImageData(image.width, image.height);
  const { memorized, misclassified } = data.colours;
  for (let i = 0; i < cells.length; i += 1) {
    for (let c = 0; c < 3; c += 1) {
      const share = cells[i] / 100;
      pixels.data[4 * i + c] = share * memorized[c] + (1 - share) * misclassified[c];
    }
    pixels.data[4 * i + 3] = 255;
  }
  pen.putImageData(pixels, 0, 0);
  return image;
}

function mix(from, to, share) {
  const parts = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  const [a, b] = [parts(from), parts(to)];
  return `rgb(${a.map((value, i) => Math.round(value + share * (b[i] - value))).join(" ")})`;
}

function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  return Math.max(1, [1, 2, 5, 10].find((m) => m * power >= rough) * power);
}

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
