// An instance that is no image: the beginning of its text, its most unusual cells, its waveform.
// Text reaches the page through textContent alone.

const SVG = "http://www.w3.org/2000/svg";

function sampleInSmall(sample) {
  const node = element("div", "sample");
  if (sample.seconds !== null) node.append(waveform(sample.peaks), seconds(sample.seconds));
  if (sample.text) node.append(paragraph(sample.text));
  for (const [name, value, unusual] of sample.cells) {
    const row = element("div", unusual ? "cell unusual" : "cell");
    const words = element("span", "value", value);
    words.dir = "auto";
    row.title = `${name}: ${value}`;
    row.append(element("span", "name", name), words);
    node.append(row);
  }
  if (!node.childElementCount) node.append(element("div", "nothing", nothingOf(sample)));
  return node;
}

function nothingOf(sample) {
  return sample.silent ? "Its sound was not kept." : "(empty)";
}

function paragraph(text) {
  const node = element("div", "text", text);
  node.dir = "auto";
  return node;
}

function seconds(n) {
  return element("div", "seconds", `${n.toFixed(1)} s`);
}

function waveform(peaks) {
  const node = document.createElementNS(SVG, "svg");
  node.setAttribute("class", "wave");
  node.setAttribute("viewBox", `0 0 ${2 * Math.max(1, peaks.length)} 101`);
  node.setAttribute("preserveAspectRatio", "none");
  const path = document.createElementNS(SVG, "path");
  const lines = peaks.map((peak, at) => `M${2 * at + 1} ${50 - peak / 2}V${51 + peak / 2}`);
  path.setAttribute("d", lines.join(""));
  node.append(path);
  return node;
}

// What a screen reader says of it.
function spokenSample(sample) {
  if (sample.text) return sample.text.slice(0, 120);
  const cells = sample.cells.filter((cell) => cell[2]).slice(0, 3);
  return cells.map(([name, value]) => `${name} ${value}`).join(", ");
}
