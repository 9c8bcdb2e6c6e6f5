// What the detail panel shows of an instance that is no image: all of its text, its row beside what
// is usual, its sound. Text reaches the page through textContent alone.

function sampleAsWhole(sample) {
  const node = element("div", "whole");
  if (sample.sound) node.append(sounding(sample.sound));
  if (sample.text !== null) {
    const text = paragraph(sample.text || "(empty)");
    text.tabIndex = 0; // so that it is scrolled by key
    node.append(text);
  }
  if (sample.rows.length) node.append(rowTable(sample.columns, sample.rows));
  if (sample.words) node.append(element("div", "words", sample.words));
  return node;
}

function sounding(sound) {
  const node = element("div", "sounding");
  const picture = element("img", "");
  picture.src = sound.spectrogram;
  picture.alt = "Spectrogram: time to the right, frequency upwards, up to 8,000 Hz";
  picture.title = picture.alt;
  const audio = element("audio", "");
  audio.controls = true;
  audio.src = sound.address;
  node.append(waveform(sound.peaks), picture, audio);
  return node;
}

function rowTable(columns, rows) {
  const table = element("table", "row");
  const head = element("tr", "");
  for (const column of columns) head.append(element("th", "", column));
  table.append(head);
  for (const [unusual, ...cells] of rows) {
    const row = element("tr", unusual ? "unusual" : "");
    cells.forEach((cell, at) => {
      const node = element(at ? "td" : "th", "", cell);
      node.dir = "auto";
      row.append(node);
    });
    table.append(row);
  }
  return table;
}
