// Numbers and times for people.

/** 0, 3.2, 812, 12.4k, 3.1M */
export function amount(value) {
  if (value === undefined || value === null || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e9) return short(value / 1e9) + "G";
  if (size >= 1e6) return short(value / 1e6) + "M";
  if (size >= 1e4) return short(value / 1e3) + "k";
  if (size >= 1000) return Math.round(value).toLocaleString("en");
  return short(value);
}

function short(value) {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return String(Math.round(value));
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(value < 0.1 && value > 0 ? 2 : 1);
}

export function bytes(value) {
  const unit = [[2 ** 40, "TB"], [2 ** 30, "GB"], [2 ** 20, "MB"], [2 ** 10, "KB"]].find(([size]) => value >= size);
  return unit ? `${short(value / unit[0])} ${unit[1]}` : `${Math.round(value || 0)} B`;
}

/** Of milliseconds: "85 µs", "3.2 ms", "1.4 s"; an en dash for nothing. */
export function time(ms) {
  if (ms === undefined || ms === null) return "–";
  if (ms >= 1000) return `${short(ms / 1000)} s`;
  if (ms >= 1) return `${short(ms)} ms`;
  return ms === 0 ? "0" : `${ms >= 0.01 ? Math.round(ms * 1000) : short(ms * 1000)} µs`;
}

/** Of seconds: "3 d 4 h", "5 min", "12 s". */
export function span(seconds) {
  seconds = Math.max(0, Math.round(seconds));
  if (seconds >= 86400) return `${Math.floor(seconds / 86400)} d ${Math.floor(seconds % 86400 / 3600)} h`;
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
  if (seconds >= 60) return `${Math.floor(seconds / 60)} min`;
  return `${seconds} s`;
}

/** How long ago, by the node's clock. */
export const ago = (then, now) => (now - then < 2 ? "just now" : `${span(now - then)} ago`);

export const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString("en-GB");

/** The last parts of a path. */
export const shortPath = (path) => path.split("/").slice(-2).join("/");

export const plural = (count, one, many = one + "s") => `${amount(count)} ${count === 1 ? one : many}`;
