// A button that opens an HTML page in a new tab, from where it can be printed.

export default function (component) {
  const { data, parentElement } = component;
  const button = parentElement.querySelector(".open");
  button.textContent = data.label;
  button.onclick = () => {
    const address = URL.createObjectURL(new Blob([data.page], { type: "text/html" }));
    window.open(address, "_blank");
    setTimeout(() => URL.revokeObjectURL(address), 60_000); // long since loaded
  };
}
