// Plays one sound at a time. What it does not have yet it asks Python for; see sound.js.

const MOST_SOUNDS = 60;

class Player {
  constructor(root, ask) {
    this.root = root;
    this.ask = ask;
    this.addresses = new Map();
    this.wanted = null; // what was asked for and has not come yet
    this.audio = new Audio();
    this.take = (event) => this.taken(event.detail);
    document.addEventListener("mild-sound", this.take);
  }

  // Begins, or ends what is playing.
  toggle(index) {
    const playing = !this.audio.paused && this.playing === index;
    this.audio.pause();
    if (playing) return;
    this.wanted = index;
    if (this.addresses.has(index)) this.begin();
    else this.ask(index);
  }

  stop() {
    this.wanted = null;
    this.audio.pause();
  }

  taken({ index, address }) {
    if (!this.root.isConnected) return document.removeEventListener("mild-sound", this.take);
    this.addresses.set(index, address);
    if (this.addresses.size > MOST_SOUNDS) this.forgetOldest();
    if (this.wanted === index) this.begin();
  }

  begin() {
    this.playing = this.wanted;
    this.wanted = null;
    this.audio.src = this.addresses.get(this.playing);
    this.audio.play().catch(() => {}); // another one was asked for before it began
  }

  forgetOldest() {
    const [index, address] = this.addresses.entries().next().value;
    this.addresses.delete(index);
    URL.revokeObjectURL(address);
  }
}
