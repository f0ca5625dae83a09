// The plugins in their order, and what their handlers cost.

import { $, bar, fillBar, h, keep, tableHead, text } from "./dom.js";
import { amount, plural, span, time } from "./format.js";

const COLUMNS = [["", ""], ["Plugin", "name"], ["State", "state"], ["Calls/s", "number"], ["Mean", "number"], ["p99", "number wide"],
  ["Failures", "number"], ["Kills", "number wide"]];
const opened = new Set();
let before = null;

/** What a handler did since the look before: rates, and the mean of the calls that were timed (of all, when none was in between). */
function figures(handlers, old, seconds) {
  const sum = (list, field) => list.reduce((total, handler) => total + handler[field], 0);
  const timed = sum(handlers, "timed_calls") - sum(old, "timed_calls");
  const took = sum(handlers, "timed_seconds") - sum(old, "timed_seconds");
  const all = sum(handlers, "timed_calls");
  const mean = timed > 0 ? took / timed : all > 0 ? sum(handlers, "timed_seconds") / all : null;
  const calls = seconds > 0 ? Math.max(0, sum(handlers, "calls") - sum(old, "calls")) / seconds : 0;
  const failures = (list) => sum(list, "errors") + sum(list, "budget_kills");
  return {
    calls, mean, share: mean === null ? 0 : mean * calls, p99: Math.max(...handlers.map((handler) => handler.p99_microseconds ?? 0)),
    errors: sum(handlers, "errors"), kills: sum(handlers, "budget_kills"), fails: failures(handlers) > failures(old),
  };
}

function state(plugin, now) {
  const guards = plugin.guards;
  if (guards.state === "quarantined") {
    return { tone: "bad", words: "quarantined", title: `next try in ${span(guards.until - now)}: ${guards.reason}` };
  }
  if (guards.state === "probing") return { tone: "warn", words: "probing", title: guards.reason };
  const throttled = guards.throttled_sessions;
  if (throttled > 0) return { tone: "warn", words: `throttled ${throttled}`, title: `kept from ${plural(throttled, "session")}` };
  return { tone: "good", words: "running", title: "" };
}

function cells(kind, attributes = {}) {
  return h("div", { class: `row ${kind}`, role: "row", ...attributes },
    ...COLUMNS.map(([, type]) => h("span", { class: type, role: "cell" })));
}

function fill(row, numbers) {
  const [, , , calls, mean, p99, failures, kills] = row.children;
  text(calls, amount(numbers.calls));
  text(mean, time(numbers.mean === null ? null : numbers.mean * 1000));
  text(p99, numbers.p99 > 0 ? time(numbers.p99 / 1000) : "–");
  text(failures, amount(numbers.errors));
  failures.toggleAttribute("data-bad", numbers.fails);
  text(kills, amount(numbers.kills));
}

function make(plugin) {
  const row = cells("plugin");
  const chip = h("span", { class: "chip small" });
  row.children[2].append(chip);
  const id = `handlers-${plugin.name}`;
  const button = h("button", { class: "open", type: "button", "aria-expanded": "false", "aria-controls": id, onclick: () => {
    if (!opened.delete(plugin.name)) opened.add(plugin.name);
    toggle(group, button, plugin.name);
  } }, h("b"), h("small", { class: "soft" }));
  row.children[1].append(button, bar());
  const group = h("div", { class: "group", role: "rowgroup" }, row, h("div", { class: "handlers", id }));
  toggle(group, button, plugin.name);
  return group;
}

function toggle(group, button, name) {
  button.setAttribute("aria-expanded", opened.has(name));
  group.lastChild.hidden = !opened.has(name);
}

export function showPipeline(data) {
  const listing = data.plugins;
  const isSame = before && before.listing.generation === listing.generation;
  const seconds = isSame ? data.time - before.time : 0;
  const parent = $("pipeline");
  if (!parent.firstChild) {
    parent.append(tableHead(COLUMNS), h("div", { class: "groups" }));
  }
  const old = (plugin) => (isSame ? before.listing.plugins.find((other) => other.name === plugin.name)?.handlers ?? [] : []);
  keep(parent.lastChild, listing.plugins, (plugin) => plugin.name, make, (group, plugin) => {
    const [row, handlers] = group.children;
    const numbers = figures(plugin.handlers, old(plugin), seconds);
    text(row.children[0], listing.plugins.indexOf(plugin) + 1);
    const [button, share] = row.children[1].children;
    text(button.children[0], plugin.name);
    text(button.children[1], plugin.version ?? "");
    fillBar(share, numbers.share);
    share.title = `${(numbers.share * 100).toFixed(1)} % of one event loop's time`;
    const shown = state(plugin, data.time);
    const chip = row.children[2].firstChild;
    text(chip, shown.words);
    chip.dataset.tone = shown.tone;
    chip.title = shown.title;
    fill(row, numbers);
    const called = plugin.handlers.filter((handler) => handler.calls > 0);
    keep(handlers, called, (handler) => handler.name, () => cells("handler"), (line, handler) => {
      text(line.children[1], handler.name);
      fill(line, figures([handler], old(plugin).filter((other) => other.name === handler.name), seconds));
    });
  });
  const waiting = listing.waiting ? ` · ${amount(listing.waiting)} wait` : "";
  text($("pipeline-about"), `head to tail · generation ${listing.generation}${waiting}`);
  if (!before || before.time !== data.time) before = { listing, time: data.time };
}
