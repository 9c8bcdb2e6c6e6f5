// What the detail panel shows of an image, section by section.

function factsOf(tile) {
  const rows = [
    ["Given label", tile.given],
    ["Predicted as", tile.predicted === null ? `${tile.given}, its label` : tile.predicted],
  ];
  if (tile.clean !== null) rows.push(["In truth", tile.clean]);
  rows.push(["Verdict", tile.why]);
  return rows.map(([title, value]) => {
    const row = element("div", "fact");
    row.append(element("span", "title", title), element("span", "value", value));
    return row;
  });
}

function large(found, name) {
  const image = element("img", Math.max(found.width, found.height) <= 64 ? "coarse" : "");
  image.src = found.address;
  image.alt = name;
  image.style.aspectRatio = `${found.width} / ${found.height}`;
  return image;
}

function learnedIn(round, colours) {
  const section = titled(round.title);
  const cells = element("div", "cells");
  round.predicted.forEach((label, epoch) => {
    const cell = element("i", "");
    cell.style.background = round.memorized[epoch] ? colours.memorized : colours.misclassified;
    cell.title = `epoch ${epoch + 1}: ${label}`;
    cells.append(cell);
  });
  section.append(cells, element("div", "words", round.words));
  return section;
}

function nearest(found) {
  const section = titled(found.by);
  const groups = element("div", "groups");
  for (const group of found.groups) {
    const column = element("div", "group");
    column.append(element("div", "words", group.title));
    const row = element("div", group.samples.length ? "samples" : "pictures");
    group.names.forEach((name, at) => row.append(neighbourOf(group, name, at, found.coarse)));
    if (!group.names.length) row.append(element("span", "words", "none"));
    column.append(row);
    groups.append(column);
  }
  section.append(groups);
  return section;
}

function neighbourOf(group, name, at, coarse) {
  if (!group.samples.length) return neighbour(name, group.pictures[at], coarse);
  const node = sampleInSmall(group.samples[at]);
  node.title = name;
  return node;
}

function neighbour(name, address, coarse) {
  if (!address) return element("span", "words", name);
  const image = element("img", coarse ? "coarse" : "");
  image.src = address;
  image.alt = image.title = name;
  return image;
}

function decided(history) {
  const section = titled("Decisions");
  if (!history.length) section.append(element("div", "words", "Nothing was decided yet."));
  for (const item of [...history].reverse()) {
    section.append(element("div", "words", `${item.when}: ${item.words}`));
  }
  return section;
}

function titled(text) {
  const section = element("section", "");
  section.append(element("h3", "", text));
  return section;
}
