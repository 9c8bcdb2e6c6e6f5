// Hands a sheet of pictures to another component. It comes by itself, as bytes, so that a decision
// does not send it again; a CSS variable, named by component.py, reaches into every shadow root.

let address = "";
let shown = null;

export default function (component) {
  const bytes = component.data;
  if (!bytes || bytes === shown) return;
  shown = bytes;
  const type = bytes[0] === 0x89 ? "image/png" : "image/webp";
  const next = URL.createObjectURL(new Blob([bytes], { type }));
  document.documentElement.style.setProperty("--mild-sheet", `url("${next}")`);
  if (address) URL.revokeObjectURL(address);
  address = next;
}
