// Hands the cells of the status matrix to its picture. They come by themselves, as bytes, so that
// choosing a row or an epoch does not send them again. Before the first line break stands the
// token of the picture they belong to, after it the deflated cells.

export default function (component) {
  const bytes = component.data;
  if (!bytes || !bytes.length) return;
  const end = bytes.indexOf(10);
  const token = new TextDecoder().decode(bytes.slice(0, end));
  const root = document.documentElement;
  if (root.mildCells && root.mildCells.token === token) return;
  root.mildCells = { token, packed: bytes.slice(end + 1) };
  root.dispatchEvent(new Event("mild-cells"));
}
