// Which image is in focus and which are selected.

class Choice {
  constructor(gallery) {
    this.gallery = gallery;
    this.selected = new Set();
    this.active = 0;
    this.anchor = 0; // where a range begins
    this.drag = null; // { from, before } while the mouse is down
    this.dragged = false;
    const { tiles } = gallery;
    tiles.onpointerdown = (event) => this.dragFrom(event);
    tiles.onpointerover = (event) => this.dragOver(event);
    tiles.addEventListener("focusin", (event) => this.focused(event));
  }

  reset() {
    this.selected.clear();
    this.active = this.anchor = 0;
    this.drag = null;
    this.gallery.bar.showCount(0);
  }

  // What the bar's buttons are about, and what a key is about.
  places() {
    return this.selected.size ? [...this.selected].sort((a, b) => a - b) : [this.active];
  }

  keyed() {
    if (this.gallery.detail.isOpen) return [this.active];
    return this.selected.has(this.active) ? this.places() : [this.active];
  }

  toggle(at) {
    const places = new Set(this.selected);
    if (!places.delete(at)) places.add(at);
    this.anchor = at;
    this.select(places);
  }

  select(places) {
    this.selected = new Set(places);
    this.gallery.nodes.forEach((_, at) => this.show(at));
    this.gallery.bar.showCount(this.selected.size);
  }

  selectAll() {
    this.select(this.selected.size ? [] : this.gallery.nodes.keys());
  }

  selectRange(from, to, before) {
    const places = new Set(before);
    for (let at = Math.min(from, to); at <= Math.max(from, to); at += 1) places.add(at);
    this.select(places);
  }

  show(at) {
    const node = this.gallery.nodes[at];
    const chosen = this.selected.has(at);
    node.classList.toggle("selected", chosen);
    node.querySelector(".box").setAttribute("aria-checked", chosen);
    node.setAttribute("aria-label", spoken(this.gallery.data.tiles[at], chosen));
  }

  click(event, at) {
    if (event.shiftKey) this.selectRange(this.anchor, at, this.selected);
    else if (event.ctrlKey || event.metaKey || event.target.closest(".box")) this.toggle(at);
    else this.anchor = at;
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

  focused(event) {
    const node = event.target.closest(".tile");
    if (node && Number(node.dataset.at) !== this.active) this.activate(Number(node.dataset.at), false);
  }

  activate(at, focus = true, still = false) {
    const { nodes } = this.gallery;
    nodes[this.active].tabIndex = -1;
    this.active = at;
    this.gallery.ended = false;
    nodes[at].tabIndex = 0;
    if (focus) nodes[at].focus({ preventScroll: still });
  }
}
