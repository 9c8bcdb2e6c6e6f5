// Hands the sound of an instance to the component that asked for it. It comes by itself, as bytes,
// so that a decision does not send it again: four bytes of its index, then a WAV file.

let shown = null;

export default function (component) {
  const bytes = component.data;
  if (!bytes || bytes === shown) return;
  shown = bytes;
  const index = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const address = URL.createObjectURL(new Blob([bytes.subarray(4)], { type: "audio/wav" }));
  document.dispatchEvent(new CustomEvent("mild-sound", { detail: { index, address } }));
}
