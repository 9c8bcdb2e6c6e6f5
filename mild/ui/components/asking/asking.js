// What was asked of Python and is not answered yet. It is asked again until it is, also by the next
// page of this browser that shows the same: whoever reloads, leaves or closes it right after a key
// loses nothing. Python knows what it has heard by source and number.

const ASKED = { key: "mild asked", most: 3_600_000, again: 2_000 };
// milliseconds for which it makes sense, and after which it is asked again; each time twice as many

class Asking {
  constructor(kinds) {
    this.kinds = kinds; // those that the next page asks again; an undo would be about another window
    this.source = Math.random().toString(36).slice(2);
    this.number = 0;
    this.waiting = [];
    this.mine = new Set([this.source]);
    this.wasHeard = null; // null before the first answer
  }

  ask(kind, indices, value) {
    this.number += 1;
    const { source, number, about } = this;
    this.waiting.push({ source, number, about, at: Date.now(), kind, indices, value });
    this.tell();
  }

  // As a trigger: streamlit keeps it for whatever page is asked for in the same moment.
  tell(patience = ASKED.again) {
    this.keep();
    this.send({ source: this.source, list: this.waiting });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.waiting.length && this.tell(2 * patience), patience);
  }

  // Python has answered: `heard` has the number of the last thing it did, by source.
  update({ about, heard }) {
    const here = about !== this.about;
    const anew = this.wasHeard === null || (this.wasHeard && !(this.source in heard)) || here;
    this.about = about;
    this.wasHeard = this.source in heard;
    if (anew) this.takeUp();
    const n = this.waiting.length;
    this.waiting = this.waiting.filter((item) => item.number > (heard[item.source] || 0));
    if (n) this.keep();
    if (anew && this.waiting.length) this.tell();
  }

  takeUp() {
    const known = new Set(this.waiting.map(nameOf));
    const left = keptAsked().filter((item) => item.about === this.about && !known.has(nameOf(item)));
    for (const item of left) this.mine.add(nameOf(item));
    this.waiting.unshift(...left);
  }

  keep() {
    const others = keptAsked().filter(
      (item) => item.source !== this.source && !this.mine.has(nameOf(item)),
    );
    const mine = this.waiting.filter((item) => this.kinds.includes(item.kind));
    try {
      if (others.length || mine.length)
        localStorage.setItem(ASKED.key, JSON.stringify([...others, ...mine]));
      else localStorage.removeItem(ASKED.key);
    } catch {
      // a browser that keeps nothing
    }
  }
}

function nameOf(item) {
  return `${item.source} ${item.number}`;
}

function keptAsked() {
  try {
    const kept = JSON.parse(localStorage.getItem(ASKED.key) || "[]");
    return kept.filter((item) => Date.now() - item.at < ASKED.most);
  } catch {
    return []; // a browser that keeps nothing, or what somebody else has written there
  }
}
