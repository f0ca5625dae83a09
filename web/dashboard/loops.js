// The event loops, side by side.

import { $, h, keep, tableHead, text } from "./dom.js";
import { bytes, time } from "./format.js";

const COLUMNS = [["Loop", "name"], ["In", "number"], ["Out", "number"], ["Wait", "number"], ["Lag p99", "number"], ["Lua", "number wide"]];
let before = null;

export function showLoops(data) {
  const parent = $("loops");
  if (!parent.firstChild) {
    parent.append(tableHead(COLUMNS), h("div", { class: "groups" }));
  }
  const seconds = before ? data.time - before.time : 0;
  const rate = (loop, field) => {
    const old = before?.loops.find((other) => other.loop === loop.loop);
    return old && seconds > 0 ? `${bytes(Math.max(0, loop[field] - old[field]) / seconds)}/s` : "–";
  };
  keep(parent.lastChild, data.loops, (loop) => loop.loop, () => h("div", { class: "row", role: "row" },
    ...COLUMNS.map(([, kind]) => h("span", { class: kind, role: "cell" }))), (row, loop) => {
    const values = [
      `loop ${loop.loop}`, rate(loop, "bytes_received"), rate(loop, "bytes_sent"), bytes(loop.bytes_waiting), time(loop.tick_p99),
      bytes(loop.script_bytes),
    ];
    values.forEach((value, index) => text(row.children[index], value));
  });
  text($("loops-about"), "each a core's, with rules of its own");
  if (!before || before.time !== data.time) before = data;
}
