// Elements of a kind.

function element(tag, name, text = "") {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text) node.textContent = text;
  return node;
}

// What decides is hidden from who may only look.
function deciding(node) {
  node.classList.add("decides");
  return node;
}

function swatch(colour, text) {
  const node = element("span", "key");
  const box = element("i", "");
  box.style.background = colour;
  node.append(box, text);
  return node;
}

function action(text, key, run) {
  const button = element("button", "action", text);
  button.type = "button";
  button.title = `${text} (${key})`;
  button.onclick = run;
  return button;
}
