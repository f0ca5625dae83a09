// What went wrong: errors of plugins, and how logins, messages and connections ended.

import { $, bar, fillBar, h, keep, text } from "./dom.js";
import { ago, amount, plural, shortPath } from "./format.js";

const CODES = {
  code_1: "login failed", code_2: "no credential", code_3: "unknown error", code_4: "too many requests", code_5: "not logged in",
  code_6: "no such user or group", code_7: "rejected by a rule", code_8: "too large", code_9: "unavailable", code_other: "another code",
};
const GROUPS = [["login", "Logins"], ["message", "Messages"], ["connection", "Connections closed"]];
// Ends that are nobody's trouble.
const USUAL = new Set(["accepted", "received", "delivered", "forwarded", "receipts", "acknowledgements", "client", "logout", "drain"]);
const KINDS = { error: "error", run_budget: "ran too long", memory: "out of memory", wait: "waited too long", busy: "too many wait" };

export function showErrors(data) {
  const shown = data.errors.slice(0, 12);
  keep($("errors"), shown, (one) => `${one.generation} ${one.plugin} ${one.handler} ${one.reason}`, makeError, (item, one) => {
    const times = one.count > 1 ? `${amount(one.count)} times, last ` : "";
    text(item.querySelector(".when"), `${times}${ago(one.last, data.time)} · generation ${one.generation}`);
  });
  text($("errors-about"), shown.length ? `${plural(data.errors.length, "different one")}, the latest first` : "");
  $("errors").toggleAttribute("data-empty", shown.length === 0);
}

function makeError(one) {
  return h("li", {},
    h("p", {}, h("b", {}, one.plugin), h("span", { class: "soft" }, ` ${one.handler ?? ""}`),
      one.kind === "error" ? null : h("span", { class: "chip small", "data-tone": "warn" }, KINDS[one.kind] ?? one.kind)),
    one.file ? h("p", { class: "place", title: one.file }, shortPath(one.file) + (one.line ? `:${one.line}` : "")) : null,
    h("p", { class: "reason" }, one.reason), h("p", { class: "soft when" }));
}

export function showOutcomes(data) {
  const makeGroup = ([, title]) => h("div", { class: "outcomes" }, h("h3", {}, title), h("ul"));
  keep($("outcomes"), GROUPS, ([kind]) => kind, makeGroup, (group, [kind]) => {
    const all = data.outcomes.filter((outcome) => outcome.kind === kind);
    const most = Math.max(1, ...all.map((outcome) => outcome.recent));
    const shown = all.filter((outcome) => outcome.total > 0);
    keep(group.lastChild, shown, (outcome) => outcome.name, (outcome) => h("li", { class: USUAL.has(outcome.name) ? "usual" : "odd" },
      h("span"), h("b"), h("small", { class: "soft" }), bar()), (item, outcome) => {
      text(item.children[0], CODES[outcome.name] ?? outcome.name.replaceAll("_", " "));
      text(item.children[1], amount(outcome.recent));
      text(item.children[2], amount(outcome.total));
      fillBar(item.children[3], outcome.recent / most);
      item.toggleAttribute("data-quiet", outcome.recent === 0);
    });
    group.toggleAttribute("data-empty", shown.length === 0);
  });
}
