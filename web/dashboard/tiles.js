// The figures at the top, each with its last five minutes.

import { draw, mark, placeOf, setSpan, sparkline } from "./charts.js";
import { h, text } from "./dom.js";
import { amount, bytes, clock, time } from "./format.js";

const rate = (value) => amount(value);

// `fields`: of a point, one for each line. `bad`: whether the figure is worth a look.
const TILES = [
  { id: "received", name: "Received", unit: "msg/s", fields: ["messages_received"], show: rate, least: 5,
    more: (p) => `${bytes(p.bytes_received)}/s in` },
  { id: "delivered", name: "Delivered", unit: "msg/s", fields: ["messages_delivered", "messages_forwarded"], show: rate, least: 5,
    more: (p, d) => (d.status.cluster ? `${rate(p.messages_forwarded)}/s to other nodes` : `${bytes(p.bytes_sent)}/s out`) },
  { id: "refused", name: "Refused", unit: "msg/s", fields: ["messages_refused"], tone: "bad", show: rate, least: 5,
    more: (p, d) => `${amount(d.status.messages_refused)} in all`,
    bad: (p) => p.messages_refused > 0.05 * Math.max(p.messages_received, 1) },
  { id: "logins", name: "Logins", unit: "/s", fields: ["logins_accepted", "logins_refused"], show: rate, least: 2,
    more: (p) => `${rate(p.logins_refused)}/s refused`, bad: (p) => p.logins_refused > Math.max(1, p.logins_accepted) },
  { id: "sessions", name: "Sessions", unit: "", fields: ["sessions"], show: amount, least: 5,
    more: (p, d) => `${amount(d.status.users)} ${d.status.users === 1 ? "user" : "users"}` },
  { id: "connections", name: "Connections", unit: "", fields: ["connections"], show: amount, least: 5,
    more: (p) => `${bytes(p.bytes_waiting)} wait for clients` },
  { id: "lag", name: "Loop lag", unit: "p99", fields: ["tick_p99", "longest_tick"], show: time, least: 5, tone: "lag",
    more: (p) => `longest ${time(p.longest_tick)}`, bad: (p) => p.longest_tick > 100 },
  { id: "store", name: "Store commit", unit: "p99", fields: ["commit_p99"], show: time, least: 5, tone: "lag",
    more: (p, d) => (d.status.store?.working === false ? "cannot store"
      : `${amount(p.store_writes)} writes/s, ${d.status.store?.waiting ?? 0} wait`),
    bad: (p, d) => d.status.store?.working === false },
  { id: "failures", name: "Plugin failures", unit: "/s", fields: ["plugin_failures"], tone: "bad", show: rate, least: 1,
    more: (p, d) => {
      const count = d.plugins.plugins.filter((plugin) => plugin.guards.state !== "running").length;
      return count ? `${count} quarantined` : "none quarantined";
    },
    bad: (p, d) => p.plugin_failures > 0 || d.plugins.plugins.some((plugin) => plugin.guards.state !== "running") },
  { id: "memory", name: "Memory", unit: "", fields: ["resident_bytes"], show: bytes, least: 1 << 26,
    more: (p, d) => `${d.loops.length} event ${d.loops.length === 1 ? "loop" : "loops"}` },
];

let state = { points: [], now: 0 };
const made = new Map();

function make(tile) {
  const value = h("strong");
  const more = h("p", { class: "more soft" });
  const spark = sparkline([tile.tone ?? "first", "second"].slice(0, Math.max(tile.fields.length, 1)));
  const element = h("article", { class: "tile card", id: `tile-${tile.id}` },
    h("h2", {}, tile.name), h("p", { class: "figure" }, value, h("span", { class: "unit soft" }, tile.unit)), more, spark.svg);
  const entry = { element, value, more, spark, tile, at: null };
  spark.svg.addEventListener("pointermove", (event) => {
    entry.at = placeOf(event, spark.svg, state.points.map((point) => point.time), state.now);
    show(entry);
  });
  spark.svg.addEventListener("pointerleave", () => {
    entry.at = null;
    show(entry);
  });
  return entry;
}

function show({ element, value, more, spark, tile, at }) {
  const { points, data, now } = state;
  const point = points[at ?? points.length - 1];
  if (!point) {
    // The first point comes two seconds after the start.
    text(value, "–");
    return text(more, "");
  }
  text(value, tile.show(point[tile.fields[0]] ?? null));
  text(more, at === null ? tile.more(point, data) : `at ${clock(point.time)}`);
  mark(spark, at === null ? null : point.time, now);
  element.toggleAttribute("data-bad", at === null && Boolean(tile.bad?.(point, data)));
}

export function showTiles(parent, points, data) {
  state = { points, data, now: data.time };
  setSpan(points.map((point) => point.time), data.time);
  for (const tile of TILES) {
    if (!made.has(tile.id)) {
      made.set(tile.id, make(tile));
      parent.append(made.get(tile.id).element);
    }
    const entry = made.get(tile.id);
    const times = points.map((point) => point.time);
    const series = tile.fields.map((field) => points.map((point) => point[field] ?? null));
    const most = draw(entry.spark, times, series, data.time, tile.least);
    const seen = Math.max(...series[0].filter((value) => value !== null), 0);
    const said = `${tile.name}: at most ${tile.show(Math.min(seen, most))} ${tile.unit} in the last five minutes`;
    entry.spark.svg.setAttribute("aria-label", said);
    show(entry);
  }
}
