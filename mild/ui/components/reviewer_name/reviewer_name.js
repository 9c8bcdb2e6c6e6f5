// A year, for this dashboard alone; no other site sees it or sends it along.

export default function ({ data }) {
  document.cookie = `${data.cookie}=${data.name}; path=/; max-age=31536000; samesite=strict`;
}
