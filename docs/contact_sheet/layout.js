// What a page must not do, found by the boxes of what stands on it; told as a list of breaches.
//
// Boxes are in pixels of the window. Elements inside shadow roots, where the product's own
// components live, are looked at like all others.
({ first, width, fault }) => {
  const breaches = [];
  const tell = (kind, node, words) => {
    const { x, y, width, height } = node.getBoundingClientRect();
    breaches.push({ kind, words, x, y, width, height });
  };

  function* walk(node) {
    for (const child of node.children) {
      yield child;
      yield* walk(child);
    }
    if (node.shadowRoot) yield* walk(node.shadowRoot);
  }
  const parent = (node) => node.parentElement ?? node.getRootNode().host ?? null;
  function* ancestors(node) {
    for (let at = parent(node); at; at = parent(at)) yield at;
  }
  const styles = new Map();
  const style = (node) => {
    if (!styles.has(node)) styles.set(node, getComputedStyle(node));
    return styles.get(node);
  };
  const floats = (node) => ["fixed", "sticky"].includes(style(node).position);
  const isSeen = (node) => {
    if (!node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    const box = node.getBoundingClientRect();
    return box.width > 1 && box.height > 1;
  };
  const name = (node) => {
    const words = (node.ariaLabel || node.innerText || node.textContent || "").trim();
    return `${node.localName} “${words.replace(/\s+/g, " ").slice(0, 60)}”`;
  };

  const main = document.querySelector("[data-testid=stMainBlockContainer]");
  const modal = [...document.querySelectorAll("[role=dialog]")].find(isSeen);
  const all = [...walk(modal ?? main)].filter(isSeen);

  // The window is wide enough for everything that does not scroll by itself.
  const clips = (node) => style(node).overflowX !== "visible";
  const outside = new Set();
  for (const node of all) {
    const box = node.getBoundingClientRect();
    if (box.right <= width + 1 && box.left >= -1) continue;
    if (node.matches("input[type=range]")) continue; // unseen, below a handle that is seen
    const held = [...ancestors(node)].find((one) => outside.has(one) || (clips(one) && one !== main));
    const scroller = document.querySelector("[data-testid=stMain]");
    if (held && held !== scroller && (outside.has(held) || main.contains(held) || held.getRootNode() !== document)) {
      continue;
    }
    outside.add(node);
    tell("beyond the window", node, name(node));
  }

  // Nothing lies on anything else. Boxes are those of streamlit's elements, of the parts of our own
  // components, and of the words in a chart.
  const PARTS = "button, img, input, canvas, p, label, figcaption";
  const isPart = (node) =>
    node.dataset?.testid === "stElementContainer" ||
    (node.getRootNode() !== document && node.matches(PARTS));
  const settled = all.filter((node) => !floats(node) && ![...ancestors(node)].some(floats));
  // The box of slanted words says nothing of what lies below them.
  const isUpright = (node) => {
    const { a, b } = node.getScreenCTM();
    return Math.abs(a) < 0.01 || Math.abs(b) < 0.01;
  };
  const groups = [
    settled.filter(isPart),
    settled.filter((node) => node.matches("svg text") && node.textContent.trim() && isUpright(node)),
  ];
  for (const boxes of groups) {
    const placed = boxes
      .map((node) => ({ node, box: node.getBoundingClientRect() }))
      .sort((a, b) => a.box.top - b.box.top);
    placed.forEach(({ node, box }, place) => {
      for (const other of placed.slice(place + 1)) {
        if (other.box.top >= box.bottom - 2) break;
        const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const high = Math.min(box.bottom, other.box.bottom) - other.box.top;
        if (wide <= 2 || high <= 2) continue;
        const related = [...ancestors(other.node)].includes(node) || [...ancestors(node)].includes(other.node);
        if (!related) tell("overlap", other.node, `${name(other.node)} on ${name(node)}`);
      }
    });
  }

  // Words are whole, or can be read by pointing at them.
  const WORDS = "p, label, h1, h2, h3, button, [data-testid=stMetricValue] div, [role=tab]";
  for (const node of all.filter((one) => one.matches(WORDS))) {
    const cut = node.scrollWidth > node.clientWidth + 1 && clips(node);
    const told = [node, ...ancestors(node)].some((one) => one.title || one.querySelector?.(":scope > title"));
    if (cut && !told) tell("cut off", node, name(node));
  }

  // The page begins with its content, and says something.
  const says = (node) => [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
  const content = settled.filter(
    (node) => (node.matches("svg, canvas, img, button") || says(node)) && !node.closest(".st-key-header"),
  );
  const tops = content.map((node) => node.getBoundingClientRect().top);
  if (!modal && Math.min(...tops) > first) tell("begins late", content[0] ?? main, `after ${first} pixels`);
  if (!modal && main.innerText.trim().length < 40 && !content.some((node) => node.matches("canvas, img"))) {
    tell("empty", main, "no word on the page");
  }
  const failed = document.querySelector("[data-testid=stException]") || main.innerText.includes(fault);
  if (failed) tell("error", main, "the page failed");
  return breaches;
}
