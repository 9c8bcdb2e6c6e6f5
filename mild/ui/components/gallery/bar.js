// The line above the tiles: what is selected, what to do with it, how large the tiles are.

const TILE = { key: "mild tile size", usual: 152, least: 120, most: 320 };
const MENU_PIXELS = 58;
const KEYS_HELP = [
  ["arrows, Home, End", "move"],
  ["Enter, double click", "open large"],
  ["s", "play the sound, where there is one"],
  ["k", "keep"],
  ["r", "relabel as predicted"],
  ["l", "choose another class"],
  ["d", "drop"],
  ["c", "clear the decision"],
  ["u, shift u", "undo, redo"],
  ["x, shift x", "select, select all"],
  ["n, p", "next, previous page"],
  ["Esc", "select none; from any box back here"],
];

class Bar {
  constructor(gallery, root) {
    this.gallery = gallery;
    this.root = root;
    this.count = element("span", "count");
    this.said = element("span", "said");
    this.said.setAttribute("role", "status");
    this.all = action("Select all", "shift x", () => gallery.choice.selectAll());
    this.classes = classChooser(gallery, () => gallery.choice.places());
    const about = (kind) => () => gallery.finish(kind, gallery.choice.places());
    this.keys = keysHelp();
    this.progress = element("span", "progress");
    this.fill = element("i", "fill");
    root.append(
      deciding(this.count),
      deciding(this.all),
      deciding(action("Keep", "k", about("keep"))),
      deciding(action("Relabel as predicted", "r", about("suggest"))),
      deciding(this.classes),
      deciding(action("Drop", "d", about("drop"))),
      deciding(action("Clear", "c", about("clear"))),
      this.said,
      this.progress,
      this.sizeControl(),
      this.keys,
      this.fill,
    );
    new ResizeObserver(() => this.stayBelowHeader()).observe(root);
  }

  // The bar stays in sight below the page's own header, which wraps where the window is narrow.
  stayBelowHeader() {
    const header = document.querySelector(".st-key-header")?.parentElement;
    const style = header && getComputedStyle(header);
    const sticky = style?.position === "sticky";
    const top = sticky ? parseFloat(style.top) + header.offsetHeight : MENU_PIXELS;
    this.root.style.top = `${top}px`;
    const above = top + this.root.offsetHeight + 8;
    this.gallery.tiles.style.setProperty("--above", `${above}px`);
  }

  update(data) {
    this.picture = data.picture;
    this.showCount(this.gallery.choice?.selected.size || 0);
    fillClasses(this.classes, data.classes);
    this.progress.textContent = this.progress.title = data.progress.words;
    this.fill.style.width = `${100 * data.progress.share}%`;
    if (!this.legend || this.legend.dataset.page !== data.page) this.fillLegend(data);
    this.askPictures();
  }

  showCount(n) {
    const thing = this.gallery.data?.thing || "image";
    this.count.textContent = n ? `${n} selected` : `The ${thing} in focus`;
    this.count.classList.toggle("some", n > 0);
    this.all.textContent = n ? "Select none" : "Select all";
  }

  toggleKeys() {
    this.keys.open = !this.keys.open;
  }

  fillLegend(data) {
    this.legend?.remove();
    this.legend = element("div", "legend");
    this.legend.dataset.page = data.page;
    this.legend.append(
      element("span", "", "The strip is its learning, epoch by epoch:"),
      swatch(data.colours.memorized, "memorized"),
      swatch(data.colours.misclassified, "misclassified"),
    );
    this.keys.querySelector(".sheet").append(this.legend);
  }

  // The size of a tile is this browser's; Python hears of it where it takes larger pictures.
  sizeControl() {
    const size = element("label", "size");
    this.slider = element("input", "");
    Object.assign(this.slider, { type: "range", min: TILE.least, max: TILE.most, step: 8 });
    this.slider.value = rememberedSize();
    this.slider.setAttribute("aria-label", "Size of the tiles, in pixels");
    this.slider.oninput = () => this.applySize();
    this.slider.onchange = () => {
      remember(this.slider.value);
      this.askPictures();
    };
    size.append("Size", this.slider);
    this.applySize();
    return size;
  }

  applySize() {
    this.gallery.tiles.style.setProperty("--tile", `${this.slider.value}px`);
  }

  askPictures() {
    const shown = this.slider.value * Math.min(window.devicePixelRatio || 1, 2);
    const side = shown <= 120 ? 96 : shown <= 200 ? 144 : 256;
    if (side !== this.picture) this.gallery.askPictures(side);
  }
}

function rememberedSize() {
  try {
    const size = Number(localStorage.getItem(TILE.key));
    return size >= TILE.least && size <= TILE.most ? size : TILE.usual;
  } catch {
    return TILE.usual; // a browser that keeps nothing
  }
}

function remember(size) {
  try {
    localStorage.setItem(TILE.key, size);
  } catch {
    // a browser that keeps nothing
  }
}

function keysHelp() {
  const keys = element("details", "keys");
  const sheet = element("div", "sheet");
  for (const [key, meaning] of KEYS_HELP) {
    const row = element("div", "row");
    row.append(element("kbd", "", key), element("span", "", meaning));
    sheet.append(row);
  }
  sheet.append(
    element("p", "", "A key is about what is in focus, or about all that is selected where that is part of it."),
  );
  keys.append(element("summary", "action", "Keys ?"), sheet);
  return keys;
}

// A box with every class; `places` says what it is about unless a key has said so before.
function classChooser(gallery, places) {
  const choose = element("select", "classes");
  choose.setAttribute("aria-label", "Relabel to this class");
  choose.onpointerdown = () => (choose.places = null);
  choose.onchange = () => {
    const label = Number(choose.value);
    const about = choose.places || places();
    choose.value = "";
    choose.places = null;
    gallery.finish("relabel", about, label);
  };
  return choose;
}

function fillClasses(choose, classes) {
  const known = classes.join("\n");
  if (choose.known === known) return;
  choose.known = known;
  const first = element("option", "", "Relabel to …");
  first.value = "";
  const options = classes.map((name, label) => {
    const option = element("option", "", name);
    option.value = label;
    return option;
  });
  choose.replaceChildren(first, ...options);
}
