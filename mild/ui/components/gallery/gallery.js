// Tiles with their timelines, decided about by click and by key. Names reach the page through
// textContent alone. A decision shows at once; Python hears of it, writes it down and answers.
//
// A click focuses. Selecting is x, the box in the corner, Ctrl- or Shift-click, or a drag. A key is
// about the focused image, or about the selection where the focused image is part of it. Every
// decision clears the selection and moves the focus on, so that no next key overwrites it.

const VERDICTS = { keep: "keep", drop: "drop", suggest: "relabel" };
const KEYS = { k: "keep", r: "suggest", d: "drop", c: "clear" };
const galleries = new WeakMap();

export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component;
  let gallery = galleries.get(parentElement);
  if (!gallery) {
    gallery = new Gallery(parentElement);
    galleries.set(parentElement, gallery);
  }
  gallery.asking.send = (actions) => setTriggerValue("actions", actions);
  gallery.askPictures = (side) => setStateValue("picture", side);
  gallery.update(data);
}

class Gallery {
  constructor(root) {
    this.tiles = root.querySelector(".tiles");
    this.asking = new Asking([...Object.keys(VERDICTS), "relabel", "clear"]);
    this.ended = false; // whether the last image was decided about and the focus is still on it
    this.note = ""; // what the browser has to say itself, until something is asked
    this.nodes = [];
    this.bar = new Bar(this, root.querySelector(".bar"));
    this.choice = new Choice(this);
    this.player = new Player(this.tiles, (index) => this.ask("play", [index]));
    this.detail = new Detail(this, root.querySelector(".detail"));
    this.tiles.onkeydown = (event) => this.key(event);
    this.tiles.onclick = (event) => this.click(event);
    this.tiles.ondblclick = (event) => this.doubleClick(event);
    this.comeBack = (event) => this.escape(event);
    document.addEventListener("keydown", this.comeBack, true); // before a box keeps it to itself
  }

  update(data) {
    this.asking.update(data);
    const turned = !this.data || data.page !== this.data.page;
    const held = this.holdsFocus();
    this.data = data;
    for (const part of [this.tiles, this.bar.root, this.detail.dialog])
      part.classList.toggle("looking", !data.decides);
    this.bar.update(data);
    if (turned) this.build(held);
    if (turned || !this.asking.waiting.length) {
      data.tiles.forEach((tile, at) => this.show(at, tile.verdict, tile.label));
      this.say(this.note || data.said);
    }
    this.detail.update(data.detail);
  }

  // Building. Positions on the sheet are those of the tiles.
  build(held) {
    this.ended = false;
    this.player.stop();
    this.detail.wholeOf = null;
    this.nodes = this.data.tiles.map((tile, at) => buildTile(this.data, tile, at));
    const { sheet, tiles } = this.data;
    this.tiles.classList.toggle("wordy", !sheet && !tiles.some((tile) => tile.sample));
    this.tiles.classList.toggle("worded", !sheet && tiles.some((tile) => tile.sample));
    this.tiles.replaceChildren(...this.nodes);
    this.choice.reset();
    if (this.detail.isOpen) this.detail.show(0);
    else if (held && this.nodes.length) this.nodes[0].focus();
  }

  // Showing.
  show(at, verdict, label) {
    const tile = this.data.tiles[at];
    const node = this.nodes[at];
    tile.shown = verdict === "relabel" ? `→ ${this.data.classes[label]}` : verdict || "";
    node.className = `tile ${verdict || "undecided"}`;
    node.querySelector(".mark").textContent = tile.shown;
    this.choice.show(at);
    if (this.detail.isOpen && this.detail.at === at) this.detail.showVerdict();
  }

  say(text) {
    this.bar.said.textContent = text;
    this.detail.said.textContent = text;
  }

  // Doing: a decision, and on to the image after those that it is about.
  finish(kind, places, label = null, still = false) {
    if (!this.data.decides) return;
    this.decide(kind, places, label);
    this.choice.select([]);
    if (kind === "clear") return this.goTo(this.choice.active, still);
    const next = Math.max(...places) + 1;
    this.goTo(Math.min(next, this.nodes.length - 1), still);
    this.ended = next >= this.nodes.length;
  }

  goTo(at, still = false) {
    this.choice.activate(at, true, still);
    if (this.detail.isOpen) this.detail.show(at);
  }

  decide(kind, places, label = null) {
    const indices = [];
    for (const at of places) {
      const tile = this.data.tiles[at];
      if (kind === "suggest" && tile.predicted === null) continue;
      indices.push(tile.index);
      const to = kind === "suggest" ? tile.suggestion : label;
      this.show(at, kind === "relabel" ? "relabel" : VERDICTS[kind] || null, to);
    }
    if (!indices.length && places.length) indices.push(this.data.tiles[places[0]].index);
    if (indices.length) this.ask(kind, indices, label);
  }

  ask(kind, indices = [], value = null) {
    this.note = "";
    this.asking.ask(kind, indices, value);
  }

  // Hearing.
  click(event) {
    const node = event.target.closest(".tile");
    if (!node || this.choice.dragged) return;
    const at = Number(node.dataset.at);
    const button = event.target.closest(".buttons button");
    if (event.target.closest(".open")) return this.detail.open(at);
    if (event.target.closest(".play")) return this.play(at);
    if (button) return this.finish(button.dataset.kind, [at], null, true);
    this.choice.click(event, at);
    this.choice.activate(at, true, true);
  }

  doubleClick(event) {
    const node = event.target.closest(".tile");
    if (!node || event.target.closest("button") || event.shiftKey || event.ctrlKey) return;
    this.detail.open(Number(node.dataset.at));
  }

  // From any box of the page back to the gallery; inside it, the selection goes.
  escape(event) {
    if (!this.tiles.isConnected) return document.removeEventListener("keydown", this.comeBack, true);
    if (event.key !== "Escape" || !this.nodes.length || this.detail.isOpen) return;
    this.bar.keys.open = false;
    if (this.holdsFocus()) return this.choice.select([]);
    setTimeout(() => this.takeFocus(), 0); // after the box has closed its list
    setTimeout(() => this.takeFocus(), 200); // after a popover has given it back to its button
  }

  takeFocus() {
    for (const popover of document.querySelectorAll("[data-testid=stPopover] [aria-expanded=true]")) {
      popover.click(); // one whose box took the key for its own text
    }
    if (!this.holdsFocus()) this.nodes[this.choice.active]?.focus();
  }

  holdsFocus() {
    return this.tiles.contains(this.tiles.getRootNode().activeElement);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("button") && (event.key === "Enter" || event.key === " ")) return;
    const low = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const handled = this.moved(low) || this.chosen(low, event.shiftKey) || this.decided(low, event);
    if (handled || /^[a-z]$/.test(low)) event.stopPropagation(); // not streamlit's r and c
    if (handled) event.preventDefault();
  }

  chosen(low, shift) {
    const { choice } = this;
    if (low === "x" && shift) choice.selectAll();
    else if (low === "x" || low === " ") choice.toggle(choice.active);
    else if (low === "Enter") this.detail.open(choice.active);
    else if (low === "s") this.play(choice.active);
    else return false;
    return true;
  }

  // What a key decides, here and in the detail panel.
  decided(low, event) {
    const { choice } = this;
    if (KEYS[low] && !event.shiftKey) {
      const places = choice.keyed();
      if (this.ended && low !== "c" && places.length === 1) this.sayLast();
      else this.finish(KEYS[low], places);
    } else if (low === "u" && this.data.decides) this.ask(event.shiftKey ? "redo" : "undo");
    else if (low === "l") this.chooseClass();
    else if (low === "n" || low === "p") this.ask("page", [], low === "n" ? 1 : -1);
    else if (low === "?") this.bar.toggleKeys();
    else return false;
    return true;
  }

  play(at) {
    const { index, sample } = this.data.tiles[at];
    if (sample && sample.seconds !== null) this.player.toggle(index);
  }

  chooseClass() {
    const choose = this.detail.isOpen ? this.detail.classes : this.bar.classes;
    choose.places = this.choice.keyed();
    choose.focus();
  }

  sayLast() {
    this.note = `That was the last ${this.data.thing} of this page; press n for the next page.`;
    this.say(this.note);
  }

  moved(key) {
    const last = this.nodes.length - 1;
    const across = this.nodes.findIndex((node) => node.offsetTop > this.nodes[0].offsetTop);
    const row = across < 1 ? last + 1 : across;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row };
    if (key === "Home" || key === "End") this.goTo(key === "Home" ? 0 : last);
    else if (steps[key]) {
      const to = this.choice.active + steps[key];
      if (to >= 0 && to <= last) this.goTo(to);
    } else return false;
    return true;
  }
}
