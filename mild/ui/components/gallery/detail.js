// One instance, large, with all that is known of it. What the tile knows shows at once; the original
// and the rest come from Python. Keys decide as in the gallery, and go on to the next image.

const HELP = "k keep · r relabel as predicted · l other class · d drop · c clear · u undo · ← → the others · Esc close";

class Detail {
  constructor(gallery, dialog) {
    this.gallery = gallery;
    this.dialog = dialog;
    this.at = 0;
    this.build();
    dialog.onkeydown = (event) => this.key(event);
    dialog.onclose = () => this.closed();
    dialog.onclick = (event) => event.target === dialog && this.close(); // beside the panel
  }

  get isOpen() {
    return this.dialog.open;
  }

  open(at) {
    this.gallery.choice.activate(at, true, true);
    if (!this.isOpen) this.dialog.showModal();
    this.panel.focus();
    this.show(at);
  }

  // The focus goes on at once: where it was before, a quick next key would decide about another
  // image, and the browser tells only later that the dialog is closed.
  close() {
    this.dialog.close();
    this.gallery.choice.activate(this.at, true);
  }

  closed() {
    this.wholeNode?.querySelector("audio")?.pause();
    this.gallery.ask("close");
    this.gallery.choice.activate(this.at, true);
  }

  // Building, once.
  build() {
    this.frame = element("div", "frame");
    this.source = element("div", "source");
    this.name = element("h2", "name");
    this.facts = element("div", "facts");
    this.more = element("div", "more");
    this.verdict = element("div", "verdict");
    this.said = element("div", "told");
    this.said.setAttribute("role", "status");
    const left = element("div", "left");
    left.append(this.frame, this.source);
    const right = element("div", "right");
    right.append(this.top(), this.name, this.facts, this.verdict, this.decisions(), this.said);
    right.append(this.more, deciding(element("p", "help", HELP)));
    this.panel = element("div", "panel");
    this.panel.tabIndex = -1; // has the keyboard until a button is chosen
    this.panel.append(left, right);
    this.dialog.append(this.panel);
  }

  top() {
    const row = element("div", "top");
    this.place = element("span", "place");
    row.append(
      action("←", "left arrow: previous", () => this.step(-1)),
      action("→", "right arrow: next", () => this.step(1)),
      this.place,
      action("Close", "Esc", () => this.close()),
    );
    return row;
  }

  decisions() {
    const row = deciding(element("div", "decide"));
    const about = (kind) => () => this.gallery.finish(kind, [this.at]);
    this.relabel = action("Relabel", "r", about("suggest"));
    this.classes = classChooser(this.gallery, () => [this.at]);
    row.append(action("Keep", "k", about("keep")), this.relabel, this.classes);
    row.append(action("Drop", "d", about("drop")), action("Clear", "c", about("clear")));
    return row;
  }

  // Showing: from the tile first.
  show(at) {
    const { data } = this.gallery;
    const tile = data.tiles[at];
    if (!tile) return;
    this.at = at;
    fillClasses(this.classes, data.classes);
    this.dialog.setAttribute("aria-label", `One ${data.thing}, large`);
    this.place.textContent = `${at + 1} of ${data.tiles.length} on this page`;
    this.name.textContent = tile.name;
    this.frame.replaceChildren(this.preview(tile));
    this.source.textContent = data.sheet ? "Reading the original …" : "";
    this.facts.replaceChildren(...factsOf(tile));
    this.relabel.textContent = tile.predicted === null ? "Relabel" : `Relabel to ${tile.predicted}`;
    this.relabel.disabled = tile.predicted === null;
    this.more.replaceChildren();
    this.showVerdict();
    this.ask(tile);
  }

  showVerdict() {
    const { shown } = this.gallery.data.tiles[this.at];
    this.verdict.textContent = shown ? `Decided: ${shown}` : "Undecided";
  }

  preview(tile) {
    const { sheet } = this.gallery.data;
    if (!sheet && tile.sample) return sampleInSmall(tile.sample);
    if (!sheet) return element("div", "words", tile.name);
    const node = picture(sheet, this.at);
    node.classList.add("preview");
    return node;
  }

  ask(tile) {
    const scale = window.devicePixelRatio || 1;
    const { width, height } = this.frame.getBoundingClientRect();
    this.gallery.ask("open", [tile.index], Math.round(Math.max(width, height, 256) * scale));
  }

  // What Python says of it.
  update(detail) {
    const tile = this.gallery.data.tiles[this.at];
    if (!this.isOpen || !detail || !tile || detail.index !== tile.index) return;
    const whole = detail.sample ? [this.whole(detail)] : [];
    if (detail.picture) this.frame.replaceChildren(large(detail.picture, tile.name));
    else this.frame.replaceChildren(...(whole.length ? whole : [this.preview(tile)]));
    this.source.textContent = detail.picture ? detail.picture.words : "";
    this.more.replaceChildren(
      ...(detail.picture ? whole : []),
      ...detail.rounds.map((round) => learnedIn(round, this.gallery.data.colours)),
      nearest(detail.nearest),
      decided(detail.history),
    );
  }

  // Made once, for a decision must not begin its sound anew.
  whole({ index, sample }) {
    if (this.wholeOf !== index) {
      this.wholeOf = index;
      this.wholeNode = sampleAsWhole(sample);
    }
    return this.wholeNode;
  }

  step(by) {
    const to = this.at + by;
    if (to >= 0 && to < this.gallery.nodes.length) this.gallery.goTo(to);
    else if (by > 0) this.gallery.sayLast();
  }

  key(event) {
    event.stopPropagation();
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === this.classes) return;
    const low = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[low];
    const audio = this.frame.querySelector("audio");
    if (by) this.step(by);
    else if (low === "Escape") this.close();
    else if (low === "s" && audio) audio.paused ? audio.play() : audio.pause();
    else if (low === "?" || !this.gallery.decided(low, event)) return;
    event.preventDefault();
  }
}
