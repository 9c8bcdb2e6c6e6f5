"""What a page must have for people who see little, or use a keyboard or a screen reader."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

# Text against what is behind it, by WCAG 2, 1.4.3; transparent colours and parents are mixed.
_CONTRAST = """() => {
  const parse = (text) => {
    const srgb = text.match(/color\\(srgb ([^)]*)\\)/);
    const parts = (srgb ? srgb[1] : text).match(/[\\d.]+/g).map(Number);
    const scale = srgb ? 255 : 1;
    return [...parts.slice(0, 3).map((part) => part * scale), parts[3] ?? 1];
  };
  const over = (a, b) => [0, 1, 2].map((i) => a[3] * a[i] + (1 - a[3]) * b[i]).concat(1);
  const parent = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host;
  const background = (node) => {
    const layers = [];
    for (let at = node; at; at = parent(at)) {
      layers.push(parse(getComputedStyle(at).backgroundColor));
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const opacity = (node) => {
    let all = 1;
    for (let at = node; at; at = parent(at)) all *= Number(getComputedStyle(at).opacity);
    return all;
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.slice(0, 3).map((part) => part / 255).map(
      (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const found = [];
  const look = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT);
    for (let node = walker.currentNode; node; node = walker.nextNode()) {
      if (node.shadowRoot) look(node.shadowRoot);
      if (!(node instanceof Element)) continue;
      const text = [...node.childNodes].filter((item) => item.nodeType === 3)
        .map((item) => item.textContent.trim()).join(' ').trim();
      const box = node.getBoundingClientRect();
      if (!text || box.width < 2 || box.height < 2 || !node.checkVisibility()) continue;
      if (node.closest('[disabled], [aria-disabled=true], [aria-hidden=true]')) continue;
      if (node.closest('[data-testid=stSliderThumbValue]')) continue;  // stands above its parent
      if (node.closest('.textpoint')
          && node.closest('.js-plotly-plot').querySelector('.heatmaplayer image')) {
        continue;  // on a cell of a picture; tests/figures/test_contrast.py looks at these
      }
      const style = getComputedStyle(node);
      const own = parse(node instanceof SVGElement ? style.fill : style.color);
      const behind = background(node);
      own[3] *= opacity(node);
      if (own[3] < 0.05) continue;  // shown when pointed at
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      const reached = ratio(over(own, behind), behind);
      if (reached < (large ? 3 : 4.5)) found.push([text.slice(0, 60), Number(reached.toFixed(2))]);
    }
  };
  look(document.body);
  return found;
}"""

# Pictures, charts, canvases and controls that a screen reader could not name.
_NAMELESS = """() => {
  const found = [];
  const named = (node) => ['aria-label', 'alt', 'title', 'aria-labelledby', 'placeholder']
      .some((name) => node.getAttribute(name)) || node.textContent.trim()
      || [...(node.labels ?? [])].some((label) => label.textContent.trim());
  const hidden = (node) => node.closest('[aria-hidden=true], [role=presentation]')
      || !node.checkVisibility();
  const look = (root) => {
    for (const node of root.querySelectorAll('*')) {
      if (node.shadowRoot) look(node.shadowRoot);
      if (hidden(node)) continue;
      const kind = node.tagName.toLowerCase();
      const control = 'button, a[href], input:not([type=hidden]), select, textarea, [role=slider]';
      if (node.matches(control) && !named(node) && !node.querySelector('[aria-label], img[alt]')) {
        found.push(`${kind} ${node.outerHTML.slice(0, 120)}`);
      }
      if (kind === 'img' && !node.getAttribute('alt')) found.push(`img ${node.src.slice(0, 60)}`);
      if (kind === 'canvas' && !node.closest('[aria-label], [data-testid=stDataFrame]')) {
        found.push(`canvas ${node.outerHTML.slice(0, 120)}`);
      }
      if (node.matches('[data-testid=stPlotlyChart]')
          && !node.matches('[aria-label], [alt]')
          && !node.querySelector('[role=img][aria-label]')) {
        found.push(`chart ${node.textContent.slice(0, 60)}`);
      }
    }
  };
  look(document);
  return found;
}"""


# The element that has the keyboard, through shadow roots.
_FOCUSED = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at;
}"""


def tab_to(page: Page, selector: str, most: int = 150) -> bool:
    """Press Tab until the element that has the keyboard matches; False where none ever does."""
    page.mouse.click(4, 300)  # the margin: whoever has the keyboard loses it
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"({_FOCUSED})()?.matches({selector!r})"):
            return True
    return False


def focus_look(page: Page) -> dict[str, str]:
    """What shows that the element has the keyboard: outline, shadow, and the stroke inside."""
    found: dict[str, str] = page.evaluate(f"""() => {{
      const at = ({_FOCUSED})();
      const style = getComputedStyle(at);
      const circle = at.querySelector('circle');
      return {{
        outline: style.outlineStyle === 'none' ? '' : style.outlineWidth,
        shadow: style.boxShadow === 'none' ? '' : style.boxShadow,
        stroke: circle ? getComputedStyle(circle).strokeWidth : '',
      }};
    }}""")
    return found


def faint_texts(page: Page) -> list[tuple[str, float]]:
    """Texts that stand out too little from what is behind them, with the ratio reached."""
    found: list[Any] = page.evaluate(_CONTRAST)
    return [(str(text), float(ratio)) for text, ratio in found]


def nameless(page: Page) -> list[str]:
    """Pictures and controls without a name."""
    return [str(item) for item in page.evaluate(_NAMELESS)]
