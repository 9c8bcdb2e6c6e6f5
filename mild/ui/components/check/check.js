// One image at a time, large, with its given label: right, wrong, or nobody can tell. Nothing here
// says what the run thinks of it. An answer shows the next image at once; Python hears of it after.

const KEYS = { k: "right", d: "wrong", r: "wrong", t: "unknown", "?": "unknown" };
const BUTTONS = [
  ["right", "Label is right", "k"],
  ["wrong", "Label is wrong", "d"],
  ["unknown", "Cannot tell", "t"],
];
const WORDS = { right: "answered: right", wrong: "answered: wrong", unknown: "answered: cannot tell" };
const checks = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let check = checks.get(parentElement);
  if (!check) {
    check = new Check(parentElement);
    checks.set(parentElement, check);
  }
  check.asking.send = (actions) => setTriggerValue("actions", actions);
  check.update(data);
}

class Check {
  constructor(root) {
    this.root = root.querySelector(".check");
    this.asking = new Asking(["right", "wrong", "unknown"]);
    this.build();
    this.player = new Player(this.root, (index) => this.ask("play", index));
    this.root.onkeydown = (event) => this.key(event);
    this.comeBack = (event) => this.escape(event);
    document.addEventListener("keydown", this.comeBack);
  }

  update(data) {
    this.asking.update(data);
    const turned = !this.data || data.page !== this.data.page;
    this.data = data;
    if (turned || !this.asking.waiting.length) this.answers = data.items.map((item) => item.answer);
    if (turned) {
      this.done = []; // places answered here, for taking back
      this.at = this.next(-1);
      this.root.focus({ preventScroll: true });
    }
    this.show();
  }

  build() {
    this.bar = element("div", "progress");
    this.fill = element("i", "");
    this.bar.append(this.fill);
    this.count = element("div", "count");
    this.count.setAttribute("role", "status");
    this.picture = element("div", "picture");
    this.picture.setAttribute("role", "img");
    this.label = element("div", "label");
    this.name = element("div", "name");
    this.given = element("div", "given");
    this.buttons = element("div", "buttons");
    for (const [answer, text, key] of BUTTONS) {
      const button = element("button", answer, text);
      button.type = "button";
      button.append(element("kbd", "", key));
      button.onclick = () => this.answer(answer);
      this.buttons.append(button);
    }
    this.back = element("button", "back", "Take back");
    this.back.type = "button";
    this.back.append(element("kbd", "", "u"));
    this.back.onclick = () => this.undo();
    const foot = element("div", "foot");
    foot.append(this.back, this.given, this.name);
    const frame = element("div", "frame");
    frame.append(this.picture);
    this.root.append(this.count, this.bar, frame, this.label, this.buttons, foot);
  }

  show() {
    const item = this.data.items[this.at];
    const n = this.data.n_answered + this.answers.filter(Boolean).length;
    this.count.textContent = `${n} of ${this.data.n} checked`;
    this.fill.style.width = `${(100 * n) / this.data.n}%`;
    this.place(item);
    this.label.replaceChildren("Is this ", element("b", "", item.given), "?");
    this.picture.setAttribute("aria-label", `${item.name}, labelled ${item.given}`);
    this.name.textContent = item.name;
    this.name.title = item.name;
    this.given.textContent = this.answers[this.at] ? WORDS[this.answers[this.at]] : "";
    this.back.disabled = !this.done.length;
  }

  // The image fills its cell of the sheet from the upper left corner; it may be smaller than it.
  place(item) {
    if (!this.data.sheet) return item.sample ? this.placeSample(item) : this.placeName(item);
    const { columns, rows, width, height } = this.data.sheet;
    const scale = Math.min(320 / item.width, 320 / item.height);
    const column = this.at % columns;
    const row = Math.floor(this.at / columns);
    const style = this.picture.style;
    style.width = `${item.width * scale}px`;
    style.height = `${item.height * scale}px`;
    style.backgroundSize = `${columns * width * scale}px ${rows * height * scale}px`;
    style.backgroundPosition = `${-column * width * scale}px ${-row * height * scale}px`;
    this.picture.classList.toggle("coarse", item.width < 48);
  }

  placeSample({ index, sample }) {
    this.player.stop();
    const node = sampleInSmall(sample);
    if (sample.seconds !== null) {
      const button = element("button", "play", "Play, or stop");
      button.type = "button";
      button.append(element("kbd", "", "s"));
      button.onclick = () => this.player.toggle(index);
      node.append(button);
    }
    this.picture.classList.add("whole");
    this.picture.replaceChildren(node);
  }

  // Where there is no picture, the name is what there is to judge.
  placeName(item) {
    this.picture.classList.add("words");
    this.picture.textContent = item.name;
  }

  next(at) {
    const after = this.answers.findIndex((answer, place) => place > at && !answer);
    const any = after < 0 ? this.answers.findIndex((answer) => !answer) : after;
    return any < 0 ? Math.max(0, Math.min(at, this.answers.length - 1)) : any;
  }

  answer(answer) {
    this.answers[this.at] = answer;
    this.done.push(this.at);
    this.ask(answer, this.data.items[this.at].index);
    this.at = this.next(this.at);
    this.root.focus({ preventScroll: true });
    this.show();
  }

  play() {
    const { index, sample } = this.data.items[this.at];
    if (sample && sample.seconds !== null) this.player.toggle(index);
  }

  undo() {
    if (!this.done.length) return;
    this.at = this.done.pop();
    this.answers[this.at] = null;
    this.ask("undo", this.data.items[this.at].index);
    this.root.focus({ preventScroll: true });
    this.show();
  }

  ask(kind, index) {
    this.asking.ask(kind, [index], null);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const low = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (KEYS[low]) this.answer(KEYS[low]);
    else if (low === "s") this.play();
    else if (low === "u" || low === "Backspace") this.undo();
    else if (/^[a-z]$/.test(low)) return event.stopPropagation(); // not streamlit's c
    else return;
    event.stopPropagation();
    event.preventDefault();
  }

  escape(event) {
    if (!this.root.isConnected) return document.removeEventListener("keydown", this.comeBack);
    if (event.key === "Escape") setTimeout(() => this.root.focus(), 0);
  }
}

function element(tag, name, text = "") {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text) node.textContent = text;
  return node;
}
