// Scrolls the page to its top when it shows something else than before.

let before = null;

export default function (component) {
  const shown = component.data;
  if (before !== null && before !== shown) {
    document.querySelector('[data-testid="stMain"]')?.scrollTo({ top: 0 });
  }
  before = shown;
}
