// Saves a figure as it stands on the page, as SVG or as PNG: whatever draws it, plotly, a component
// or an image, with the legend that stands beside it, and on top what it is. Nothing is sent to the
// server.

const SHARPNESS = 2; // pixels of a PNG per pixel of the page
const SVG = "http://www.w3.org/2000/svg";
const TITLE = { height: 34, size: 15, smallest: 11, left: 8, base: 22 };
const STYLES = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray",
  "stroke-linecap", "opacity", "font-size", "font-weight", "font-family", "display", "visibility",
];

export default function (component) {
  const { data, parentElement } = component;
  const said = parentElement.querySelector(".said");
  for (const button of parentElement.querySelectorAll("button")) {
    button.onclick = async () => {
      said.textContent = "";
      try {
        await save(button.dataset.kind, data);
      } catch {
        said.textContent = "The figure is not on the page yet. Scroll to it, then save again.";
      }
    };
  }
}

async function save(kind, { figure, name, title }) {
  const key = figure.trim().replace(/[^a-zA-Z0-9_-]/g, "-"); // as streamlit makes a class of it
  const place = document.querySelector(`.st-key-${CSS.escape(key)}`);
  const drawing = compose(place, title);
  if (kind === "png") drawing.prepend(await fontOf(place)); // a picture knows no font of the page
  const text = new XMLSerializer().serializeToString(drawing);
  const file = new Blob([text], { type: "image/svg+xml;charset=utf-8" });
  download(kind === "svg" ? file : await rasterize(file, drawing), `${name}.${kind}`);
}

function compose(place, title) {
  const box = place.getBoundingClientRect();
  const drawing = node("svg", { width: box.width, height: box.height + TITLE.height, xmlns: SVG });
  drawing.append(node("rect", { width: "100%", height: "100%", fill: background(place) }));
  const parts = deep(place, "svg, canvas, img, .legend span").filter(isOutermost);
  const drawn = parts.map((part) => copy(part, box)).filter(Boolean);
  if (!drawn.length) throw new Error("nothing is drawn");
  const figure = node("g", { transform: `translate(0 ${TITLE.height})` });
  figure.append(...drawn);
  drawing.append(heading(place, title, box.width - 2 * TITLE.left), figure);
  return drawing;
}

// In letters as small as need be, and cut off where even those are too wide.
function heading(place, title, room) {
  const { fontFamily, color } = getComputedStyle(place);
  const pen = document.createElement("canvas").getContext("2d");
  const wide = (words, size) => {
    pen.font = `600 ${size}px ${fontFamily}`;
    return pen.measureText(words).width;
  };
  let size = TITLE.size;
  while (size > TITLE.smallest && wide(title, size) > room) size -= 1;
  let words = title;
  while (words.length > 1 && wide(words, size) > room) words = `${words.slice(0, -2)}…`;
  const font = { "font-size": size, "font-weight": 600, "font-family": fontFamily, fill: color };
  const text = node("text", { x: TITLE.left, y: TITLE.base, ...font });
  text.textContent = words;
  return text;
}

async function fontOf(place) {
  const family = bare(getComputedStyle(place).fontFamily.split(",")[0]);
  const style = node("style", {});
  for (const face of faces().filter((one) => bare(one.style.getPropertyValue("font-family")) === family)) {
    const found = /url\(["']?([^"')]+)/.exec(face.style.getPropertyValue("src"));
    if (!found || face.style.getPropertyValue("font-style") === "italic") continue;
    const file = await fetch(new URL(found[1], face.parentStyleSheet.href ?? document.baseURI));
    const weight = face.style.getPropertyValue("font-weight") || "normal";
    const address = await inAddress(await file.blob());
    style.textContent += `@font-face{font-family:"${family}";font-weight:${weight};src:url(${address})}`;
  }
  return style;
}

function faces() {
  return [...document.styleSheets].flatMap((sheet) => {
    try {
      return [...sheet.cssRules].filter((rule) => rule instanceof CSSFontFaceRule);
    } catch {
      return []; // of another host: its rules are hidden
    }
  });
}

function bare(name) {
  return name.replace(/["']/g, "").trim();
}

function inAddress(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = reject;
    reader.readAsDataURL(blob);
  });
}

function copy(part, box) {
  const own = part.getBoundingClientRect();
  if (!own.width || !own.height) return null;
  const at = { x: own.left - box.left, y: own.top - box.top, width: own.width, height: own.height };
  if (part instanceof SVGElement) return copyOfSvg(part, at);
  if (part.matches("span")) return copyOfEntry(part, at, box);
  return node("image", { ...at, href: pixels(part), preserveAspectRatio: "none" });
}

function copyOfSvg(part, at) {
  const twin = part.cloneNode(true);
  const originals = [part, ...part.querySelectorAll("*")];
  [twin, ...twin.querySelectorAll("*")].forEach((element, i) => {
    const style = getComputedStyle(originals[i]);
    for (const name of STYLES) element.style.setProperty(name, style.getPropertyValue(name));
    element.removeAttribute("tabindex");
  });
  for (const [name, value] of Object.entries(at)) twin.setAttribute(name, value);
  return twin;
}

// An entry of a legend in HTML: a swatch, then its words.
function copyOfEntry(part, at, box) {
  const entry = node("g", {});
  const swatch = part.querySelector("i");
  const style = getComputedStyle(part);
  let x = at.x;
  if (swatch) {
    const own = swatch.getBoundingClientRect();
    const line = getComputedStyle(swatch);
    const tall = Math.max(own.height, 3);
    const fill = swatch.style.background ? line.backgroundColor : line.borderTopColor;
    const y = own.top - box.top;
    entry.append(node("rect", { x: own.left - box.left, y, width: own.width, height: tall, fill }));
    x = own.right - box.left + 6;
  }
  const size = parseFloat(style.fontSize);
  const font = { "font-size": size, "font-family": style.fontFamily, fill: style.color };
  const words = node("text", { x, y: at.y + at.height / 2 + 0.35 * size, ...font });
  words.textContent = part.textContent.trim();
  words.setAttribute("textLength", at.x + at.width - x); // another font takes as much room
  words.setAttribute("lengthAdjust", "spacingAndGlyphs");
  entry.append(words);
  return entry;
}

function pixels(part) {
  if (part instanceof HTMLCanvasElement) return part.toDataURL("image/png");
  const canvas = document.createElement("canvas");
  canvas.width = part.naturalWidth;
  canvas.height = part.naturalHeight;
  canvas.getContext("2d").drawImage(part, 0, 0);
  return canvas.toDataURL("image/png");
}

async function rasterize(file, drawing) {
  const address = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(drawing.getAttribute("width") * SHARPNESS);
    canvas.height = Math.round(drawing.getAttribute("height") * SHARPNESS);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

function download(file, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// All that match, through shadow roots.
function deep(root, selector) {
  const found = [...root.querySelectorAll(selector)];
  for (const element of root.querySelectorAll("*")) {
    if (element.shadowRoot) found.push(...deep(element.shadowRoot, selector));
  }
  return found;
}

// Not the svg of an icon on a button, nor one inside another.
function isOutermost(part) {
  return part.checkVisibility() && !part.parentElement?.closest("svg, button, .legend span");
}

function background(place) {
  for (let at = place; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (colour !== "rgba(0, 0, 0, 0)" && colour !== "transparent") return colour;
  }
  return "#ffffff";
}

function node(kind, attributes) {
  const made = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
