// A tile: the picture or what is in its place, its timeline, name, labels, what the run says of it, and what to do.

const DECISIONS = [
  ["keep", "Keep", "✓"],
  ["suggest", "Relabel", "→"],
  ["drop", "Drop", "✕"],
];

function buildTile(data, tile, at) {
  const node = element("div", "tile");
  node.setAttribute("role", "listitem");
  node.tabIndex = at ? -1 : 0;
  node.dataset.at = at;
  if (data.sheet) node.append(picture(data.sheet, at));
  else if (tile.sample) node.append(sampleInSmall(tile.sample));
  node.append(element("div", "mark"), box(tile), opener(tile));
  if (tile.sample && tile.sample.seconds !== null) node.append(playButton(tile));
  node.append(strip(data.strips, at, data.tiles.length));
  node.append(fileName(tile), labels(tile), note(tile), buttons(tile));
  return node;
}

// What a screen reader says of it.
function spoken(tile, selected) {
  const predicted = tile.predicted === null ? "predicted as labelled" : `predicted as ${tile.predicted}`;
  const known = tile.clean === null ? "" : `, truly ${tile.clean}`;
  const chosen = selected ? ", selected" : "";
  const verdict = tile.shown || "undecided";
  const said = tile.sample ? spokenSample(tile.sample) : "";
  const name = said ? `${tile.name}: ${said}` : tile.name;
  return `${name}, labelled ${tile.given}, ${predicted}${known}, ${verdict}${chosen}`;
}

function picture(sheet, at) {
  const node = element("div", sheet.width < 48 ? "picture coarse" : "picture");
  const column = at % sheet.columns;
  const row = Math.floor(at / sheet.columns);
  node.style.aspectRatio = `${sheet.width} / ${sheet.height}`;
  const across = onSheet(column, sheet.columns, sheet.width, sheet.gutter);
  const down = onSheet(row, sheet.rows, sheet.height, sheet.gutter);
  node.style.backgroundSize = `${across.size}% ${down.size}%`;
  node.style.backgroundPosition = `${across.position}% ${down.position}%`;
  return node;
}

// Of the sheet behind one picture, along one side, in per cent as CSS counts them.
function onSheet(at, n, length, gutter) {
  const cell = length + 2 * gutter;
  const rest = n * cell - length;
  return { size: (100 * n * cell) / length, position: rest ? (100 * (at * cell + gutter)) / rest : 0 };
}

function box(tile) {
  const node = deciding(element("button", "box corner"));
  node.type = "button";
  node.tabIndex = -1;
  node.title = "Select (x)";
  node.setAttribute("role", "checkbox");
  node.setAttribute("aria-checked", false);
  node.setAttribute("aria-label", `Select ${tile.name}`);
  return node;
}

function opener(tile) {
  const node = element("button", "open corner", "⤢");
  node.type = "button";
  node.tabIndex = -1;
  node.title = "Open large (Enter)";
  node.setAttribute("aria-label", `Open ${tile.name} large`);
  return node;
}

function playButton(tile) {
  const node = element("button", "play corner", "▶");
  node.type = "button";
  node.tabIndex = -1;
  node.title = "Play, or stop (s)";
  node.setAttribute("aria-label", `Play ${tile.name}`);
  return node;
}

function strip(strips, at, n) {
  const node = element("div", "strip");
  node.title = "Its learning, epoch by epoch: dark where memorized, bright where misclassified";
  node.style.backgroundImage = `url("${strips}")`;
  node.style.backgroundSize = `100% ${100 * n}%`;
  node.style.backgroundPosition = `0 ${share(at, n)}%`;
  return node;
}

function share(at, n) {
  return n > 1 ? (100 * at) / (n - 1) : 0;
}

function fileName(tile) {
  const node = element("div", "file", tile.file);
  node.title = tile.name;
  return node;
}

function labels(tile) {
  const node = element("div", "labels");
  node.append(element("span", "given", tile.given));
  if (tile.predicted !== null) node.append(element("span", "predicted", `→ ${tile.predicted}`));
  node.title = `labelled ${tile.given}` + (tile.predicted === null ? "" : `, predicted as ${tile.predicted}`);
  return node;
}

function note(tile) {
  const node = element("div", "note", tile.note);
  if (tile.clean !== null) {
    const right = tile.clean === tile.given ? "right" : "wrong";
    node.append(element("span", right, right));
  }
  node.title = tile.why + (tile.clean === null ? "" : `\nIn truth ${tile.clean}`);
  return node;
}

function buttons(tile) {
  const node = deciding(element("div", "buttons"));
  for (const [kind, text, sign] of DECISIONS) {
    const button = element("button", kind);
    button.append(element("span", "long", text), element("span", "short", sign));
    button.type = "button";
    button.tabIndex = -1;
    button.dataset.kind = kind;
    button.disabled = kind === "suggest" && tile.predicted === null;
    button.setAttribute("aria-label", `${text} ${tile.name}`);
    node.append(button);
  }
  return node;
}
