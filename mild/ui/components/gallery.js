// Thumbnails with their timelines, decided about by click and by key. Names reach the page through
// textContent alone. A decision shows at once; Python hears of it, writes it down and answers.
//
// A click focuses. Selecting is x, the box in the corner, Ctrl- or Shift-click, or a drag. A key is
// about the focused image, or about the selection where the focused image is part of it. Every
// decision clears the selection and moves the focus on, so that no next key overwrites it.

const VERDICTS = { keep: "keep", drop: "drop", suggest: "relabel" };
const KEYS = { k: "keep", r: "suggest", d: "drop", c: "clear" };
const galleries = new WeakMap();

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  let gallery = galleries.get(parentElement);
  if (!gallery) {
    gallery = new Gallery(parentElement);
    galleries.set(parentElement, gallery);
  }
  gallery.send = (actions) => setStateValue("actions", actions);
  gallery.update(data);
}

class Gallery {
  constructor(root) {
    this.tiles = root.querySelector(".tiles");
    this.bar = root.querySelector(".bar");
    this.source = Math.random().toString(36).slice(2);
    this.number = 0;
    this.waiting = []; // what Python has not answered yet
    this.selected = new Set();
    this.active = 0;
    this.anchor = 0; // where a range begins
    this.ended = false; // whether the last image was decided about and the focus is still on it
    this.drag = null; // { from, before, moved } while the mouse is down
    this.tiles.onkeydown = (event) => this.key(event);
    this.tiles.onclick = (event) => this.click(event);
    this.tiles.onpointerdown = (event) => this.dragFrom(event);
    this.tiles.onpointerover = (event) => this.dragOver(event);
    this.tiles.addEventListener("focusin", (event) => this.focused(event));
    this.comeBack = (event) => this.escape(event);
    document.addEventListener("keydown", this.comeBack);
    this.buildBar();
  }

  update(data) {
    const heard = data.heard[this.source] || 0;
    this.waiting = this.waiting.filter((item) => item.number > heard);
    const turned = !this.data || data.page !== this.data.page;
    const held = this.holdsFocus();
    this.data = data;
    if (turned) this.build(held);
    if (turned) this.fillLegend();
    if (this.classes !== data.classes.join("\n")) this.fillClasses();
    if (!this.waiting.length) data.tiles.forEach((tile, at) => this.show(at, tile.verdict, tile.label));
    this.showBar();
    if (!this.waiting.length) this.said.textContent = data.said;
  }

  // Building. Positions on the sheet are those of the tiles.
  build(held) {
    const { sheet, strips, tiles } = this.data;
    this.selected.clear();
    this.active = this.anchor = 0;
    this.ended = false;
    this.drag = null;
    this.nodes = tiles.map((tile, at) => {
      const node = element("div", "tile");
      node.setAttribute("role", "listitem");
      node.tabIndex = at ? -1 : 0;
      node.dataset.at = at;
      node.append(picture(sheet, at), element("div", "mark"), box(tile));
      node.append(strip(strips, at, tiles.length));
      node.append(labels(tile), note(tile), buttons(tile));
      return node;
    });
    this.tiles.replaceChildren(...this.nodes);
    if (held && this.nodes.length) this.nodes[0].focus();
  }

  buildBar() {
    this.count = element("span", "count");
    this.said = element("span", "said");
    this.said.setAttribute("role", "status");
    this.all = action("Select page", "x all", () => this.selectAll());
    this.choose = element("select", "classes");
    this.choose.setAttribute("aria-label", "Relabel to this class");
    this.choose.onpointerdown = () => (this.asked = null);
    this.choose.onchange = () => {
      const label = Number(this.choose.value);
      const places = this.asked || this.chosen();
      this.choose.value = "";
      this.asked = null;
      this.finish("relabel", places, label);
    };
    this.bar.append(
      this.count,
      this.all,
      action("Keep", "k", () => this.finish("keep", this.chosen())),
      action("Relabel to suggestion", "r", () => this.finish("suggest", this.chosen())),
      this.choose,
      action("Drop", "d", () => this.finish("drop", this.chosen())),
      action("Clear", "c", () => this.finish("clear", this.chosen())),
      this.said,
    );
    this.legend = this.bar.parentNode.querySelector(".legend");
  }

  fillLegend() {
    const { memorized, misclassified } = this.data.colours;
    this.legend.replaceChildren(
      element("span", "", "Under each image its learning, epoch by epoch, round after round:"),
      swatch(memorized, "memorized"),
      swatch(misclassified, "misclassified"),
    );
  }

  fillClasses() {
    this.classes = this.data.classes.join("\n");
    const first = element("option", "", "Relabel to …");
    first.value = "";
    const options = this.data.classes.map((name, label) => {
      const option = element("option", "", name);
      option.value = label;
      return option;
    });
    this.choose.replaceChildren(first, ...options);
  }

  // Showing.
  show(at, verdict, label) {
    const tile = this.data.tiles[at];
    const node = this.nodes[at];
    node.className = `tile ${verdict || "undecided"}`;
    const name = verdict === "relabel" ? `→ ${this.data.classes[label]}` : verdict || "";
    node.querySelector(".mark").textContent = name;
    node.classList.toggle("selected", this.selected.has(at));
    const known = tile.clean === null ? "" : `, truly ${tile.clean}`;
    const chosen = this.selected.has(at) ? ", selected" : "";
    const suggested = tile.taken === null ? "no suggestion" : `suggested ${tile.taken}`;
    node.setAttribute(
      "aria-label",
      `${tile.name}, labelled ${tile.given}, ${suggested}${known}, ${name || "undecided"}${chosen}`,
    );
  }

  showBar() {
    const n = this.selected.size;
    this.count.textContent = n ? `${n} selected` : "The image in focus";
    this.count.classList.toggle("some", n > 0);
    this.all.textContent = n ? "Select none" : "Select page";
  }

  // Doing.
  chosen() {
    return this.selected.size ? [...this.selected].sort((a, b) => a - b) : [this.active];
  }

  keyedPlaces() {
    return this.selected.has(this.active) ? this.chosen() : [this.active];
  }

  // A decision, and on to the image after those that it is about.
  finish(kind, places, label = null, still = false) {
    this.decide(kind, places, label);
    this.select([]);
    if (kind === "clear") return this.activate(this.active, true, still);
    const next = Math.max(...places) + 1;
    this.activate(Math.min(next, this.nodes.length - 1), true, still);
    this.ended = next >= this.nodes.length;
  }

  end() {
    this.said.textContent = "That was the last image of this page; press n for the next page.";
  }

  decide(kind, places, label = null) {
    const indices = [];
    for (const at of places) {
      const tile = this.data.tiles[at];
      if (kind === "suggest" && tile.taken === null) continue;
      indices.push(tile.index);
      const to = kind === "suggest" ? tile.suggestion : label;
      this.show(at, kind === "relabel" ? "relabel" : VERDICTS[kind] || null, to);
    }
    if (!indices.length && places.length) indices.push(this.data.tiles[places[0]].index);
    if (indices.length) this.ask(kind, indices, label);
  }

  ask(kind, indices = [], value = null) {
    this.number += 1;
    this.waiting.push({ number: this.number, kind, indices, value });
    this.send({ source: this.source, list: this.waiting });
  }

  toggle(at) {
    const places = new Set(this.selected);
    if (!places.delete(at)) places.add(at);
    this.anchor = at;
    this.select(places);
  }

  select(places) {
    this.selected = new Set(places);
    this.nodes.forEach((_, at) => this.refresh(at));
    this.showBar();
  }

  selectAll() {
    this.select(this.selected.size ? [] : this.nodes.keys());
  }

  selectRange(from, to, before) {
    const places = new Set(before);
    for (let at = Math.min(from, to); at <= Math.max(from, to); at += 1) places.add(at);
    this.select(places);
  }

  refresh(at) {
    const node = this.nodes[at];
    const label = node.getAttribute("aria-label").replace(/, selected$/, "");
    const chosen = this.selected.has(at);
    node.classList.toggle("selected", chosen);
    node.querySelector(".box").setAttribute("aria-checked", chosen);
    node.setAttribute("aria-label", chosen ? `${label}, selected` : label);
  }

  // Hearing.
  click(event) {
    const node = event.target.closest(".tile");
    if (!node || this.dragged) return;
    const at = Number(node.dataset.at);
    const button = event.target.closest(".buttons button");
    if (button) this.finish(button.dataset.kind, [at], null, true);
    else if (event.shiftKey) this.selectRange(this.anchor, at, this.selected);
    else if (event.ctrlKey || event.metaKey || event.target.closest(".box")) this.toggle(at);
    else this.anchor = at;
    if (!button) this.activate(at, true, true);
  }

  // With a mouse or pen alone: a finger that moves scrolls.
  dragFrom(event) {
    const node = event.target.closest(".tile");
    this.dragged = false;
    if (!node || event.button || event.pointerType === "touch" || event.shiftKey) return;
    if (event.target.closest("button")) return;
    this.drag = { from: Number(node.dataset.at), before: new Set(this.selected) };
    const stop = () => (this.drag = null);
    window.addEventListener("pointerup", stop, { once: true });
    window.addEventListener("pointercancel", stop, { once: true });
  }

  dragOver(event) {
    const node = event.target.closest(".tile");
    if (!this.drag || !node || !(event.buttons & 1)) return;
    const at = Number(node.dataset.at);
    if (at === this.drag.from && !this.dragged) return;
    this.dragged = true;
    this.selectRange(this.drag.from, at, this.drag.before);
    this.activate(at, true, true);
  }

  // From any box of the page back to the gallery; inside it, the selection goes.
  escape(event) {
    if (!this.tiles.isConnected) return document.removeEventListener("keydown", this.comeBack);
    if (event.key !== "Escape" || !this.nodes?.length) return;
    if (this.holdsFocus()) return this.select([]);
    setTimeout(() => this.nodes[this.active].focus(), 0); // after the box has closed its list
  }

  holdsFocus() {
    return this.tiles.contains(this.tiles.getRootNode().activeElement);
  }

  focused(event) {
    const node = event.target.closest(".tile");
    if (node && Number(node.dataset.at) !== this.active) this.activate(Number(node.dataset.at), false);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("button") && (event.key === "Enter" || event.key === " ")) return;
    const handled = this.keyed(event.key, event.shiftKey);
    if (handled || /^[a-z]$/i.test(event.key)) event.stopPropagation(); // not streamlit's r and c
    if (handled) event.preventDefault();
  }

  keyed(key, shift) {
    const low = key.length === 1 ? key.toLowerCase() : key;
    if (this.move(low)) return true;
    if (KEYS[low] && !shift) {
      const places = this.keyedPlaces();
      if (this.ended && low !== "c" && places.length === 1) this.end();
      else this.finish(KEYS[low], places);
    } else if (low === "u") this.ask(shift ? "redo" : "undo");
    else if (low === "x" && shift) this.selectAll();
    else if (low === "x" || low === " ") this.toggle(this.active);
    else if (low === "l") {
      this.asked = this.keyedPlaces();
      this.choose.focus();
    }
    else if (low === "n" || low === "p") this.ask("page", [], low === "n" ? 1 : -1);
    else return false;
    return true;
  }

  move(key) {
    const last = this.nodes.length - 1;
    const across = this.nodes.findIndex((node) => node.offsetTop > this.nodes[0].offsetTop);
    const row = across < 1 ? last + 1 : across;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row };
    if (key === "Home") this.activate(0);
    else if (key === "End") this.activate(last);
    else if (steps[key]) {
      const to = this.active + steps[key];
      if (to >= 0 && to <= last) this.activate(to);
    } else return false;
    return true;
  }

  activate(at, focus = true, still = false) {
    this.nodes[this.active].tabIndex = -1;
    this.active = at;
    this.ended = false;
    this.nodes[at].tabIndex = 0;
    if (focus) this.nodes[at].focus({ preventScroll: still });
  }
}

function element(tag, name, text = "") {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text) node.textContent = text;
  return node;
}

function swatch(colour, text) {
  const node = element("span", "key");
  const box = element("i", "");
  box.style.background = colour;
  node.append(box, text);
  return node;
}

function action(text, key, run) {
  const button = element("button", "action", text);
  button.type = "button";
  button.title = `${text} (${key})`;
  button.onclick = run;
  return button;
}

function picture(sheet, at) {
  const node = element("div", sheet.width < 48 ? "picture coarse" : "picture");
  const column = at % sheet.columns;
  const row = Math.floor(at / sheet.columns);
  node.style.aspectRatio = `${sheet.width} / ${sheet.height}`;
  node.style.backgroundSize = `${100 * sheet.columns}% ${100 * sheet.rows}%`;
  node.style.backgroundPosition = `${share(column, sheet.columns)}% ${share(row, sheet.rows)}%`;
  return node;
}

function box(tile) {
  const node = element("button", "box");
  node.type = "button";
  node.tabIndex = -1;
  node.title = "Select (x)";
  node.setAttribute("role", "checkbox");
  node.setAttribute("aria-checked", false);
  node.setAttribute("aria-label", `Select ${tile.name}`);
  return node;
}

function strip(strips, at, n) {
  const node = element("div", "strip");
  node.style.backgroundImage = `url("${strips}")`;
  node.style.backgroundSize = `100% ${100 * n}%`;
  node.style.backgroundPosition = `0 ${share(at, n)}%`;
  return node;
}

function share(at, n) {
  return n > 1 ? (100 * at) / (n - 1) : 0;
}

function labels(tile) {
  const node = element("div", "labels");
  node.append(element("span", "given", tile.given));
  if (tile.taken !== null) node.append(element("span", "taken", `→ ${tile.taken}`));
  node.title = `${tile.name}\nlabelled ${tile.given}` + (tile.clean === null ? "" : `\ntruly ${tile.clean}`);
  return node;
}

function note(tile) {
  const node = element("div", "note", tile.note);
  if (tile.clean !== null) {
    const right = tile.clean === tile.given;
    node.append(element("span", right ? "right" : "wrong", right ? "right" : "wrong"));
  }
  node.title = tile.why + (tile.clean === null ? "" : `\nIn truth ${tile.clean}`);
  return node;
}

function buttons(tile) {
  const node = element("div", "buttons");
  for (const [kind, text] of [["keep", "Keep"], ["suggest", "Relabel"], ["drop", "Drop"]]) {
    const button = element("button", kind, text);
    button.type = "button";
    button.tabIndex = -1;
    button.dataset.kind = kind;
    button.disabled = kind === "suggest" && tile.taken === null;
    button.setAttribute("aria-label", `${text} ${tile.name}`);
    node.append(button);
  }
  return node;
}
