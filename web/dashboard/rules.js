// Generations, and the two buttons that change them.

import { ask } from "./api.js";
import { $, h, keep, text } from "./dom.js";
import { ago, clock, plural, shortPath } from "./format.js";

const BY = {
  admin: "by an operator", signal: "by SIGHUP", watch: "a file changed", rollback: "rolled back", auto_rollback: "rolled back by itself",
};
let changed = () => {};
let latest = null;

export function startRules(whenChanged) {
  changed = whenChanged;
  $("reload").addEventListener("click", () => change({
    title: "Reload the rules?", verb: "Reload", path: "v1/plugins/reload",
    text: `Plugins and their settings are read again and come into force on all event loops, or on none: if something is wrong with them,
      generation ${latest.plugins.generation} goes on.`,
  }));
  $("rollback").addEventListener("click", () => {
    const before = latest.generations[1];
    change({
      title: "Roll the rules back?", verb: "Roll back", path: "v1/plugins/rollback",
      text: before ? `The rules of generation ${before.rules_of}, in force until ${clock(latest.generations[0].since)}, come back as a
        new generation.` : "There is no generation before this one.",
    });
  });
}

async function confirmed(question) {
  const dialog = $("confirm");
  text($("confirm-title"), question.title);
  text($("confirm-text"), question.text.replace(/\s+/g, " "));
  text($("confirm-yes"), question.verb);
  dialog.returnValue = "no";
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  return dialog.returnValue === "yes";
}

async function change(question) {
  if (!(await confirmed(question))) return;
  const buttons = [$("reload"), $("rollback")];
  for (const button of buttons) button.disabled = true;
  say("wait", h("p", {}, "One moment …"));
  try {
    const answer = await ask(question.path, "POST", 60);
    const pause = Math.max(0, ...answer.loops.map((loop) => loop.pause_microseconds ?? 0));
    say("good", h("p", {}, h("b", {}, `Generation ${answer.generation} is in force`),
      ` on ${plural(answer.loops.length, "loop")}${answer.rules_of !== answer.generation ? `, with the rules of ${answer.rules_of}` : ""}. `
      + `Longest pause ${Math.round(pause)} µs.`),
    answer.needs_restart.length ? h("p", {}, `Changed, but only a restart takes it over: ${answer.needs_restart.join(", ")}`) : null);
  } catch (failure) {
    const { detail } = failure;
    say("bad", h("p", {}, h("b", {}, "Nothing was changed"), detail.generation ? `: generation ${detail.generation} goes on.` : "."),
      detail.plugin ? h("p", {}, "plugin ", h("b", {}, detail.plugin)) : null,
      detail.file ? h("p", { class: "place", title: detail.file }, detail.file + (detail.line ? `:${detail.line}` : "")) : null,
      h("p", {}, detail.reason ?? failure.message));
  }
  for (const button of buttons) button.disabled = false;
  changed();
}

function say(tone, ...children) {
  const box = $("rules-answer");
  box.dataset.tone = tone;
  box.replaceChildren(...children.filter(Boolean), h("button", { class: "close", type: "button", onclick: () => box.replaceChildren() },
    h("span", { class: "hidden" }, "Close"), h("span", { "aria-hidden": "true" }, "×")));
}

export function showRules(data) {
  latest = data;
  const { plugins, generations, changes } = data;
  const about = $("rules-about");
  text(about, plugins.files_differ ? "files differ from what runs" : "files are what runs");
  about.classList.toggle("warn", plugins.files_differ);
  $("rollback").disabled = plugins.rollbacks === 0;
  const makeGeneration = () => h("li", {}, h("b"), h("span"), h("small", { class: "soft" }));
  keep($("generations"), generations, (one) => one.number, makeGeneration, (item, one) => {
    const isCurrent = one === generations[0];
    item.classList.toggle("current", isCurrent);
    text(item.children[0], one.number);
    const origin = one.rules_of !== one.number ? `, rules of ${one.rules_of}` : "";
    text(item.children[1], (isCurrent ? "in force" : "kept for a rollback") + origin);
    text(item.children[2], ago(one.since, data.time));
  });
  const list = changes.slice(0, 6);
  keep($("changes"), list, (one) => one.time, makeChange, (item, one) => text(item.querySelector("small"), ago(one.time, data.time)));
  $("changes").toggleAttribute("data-empty", list.length === 0);
}

function makeChange(one) {
  const isFailed = one.result === "failed";
  return h("li", { "data-tone": isFailed ? "bad" : "good" },
    h("p", {}, h("b", {}, isFailed ? "failed" : `generation ${one.generation}`), ` ${BY[one.by] ?? one.by} `, h("small", { class: "soft" })),
    one.file ? h("p", { class: "place", title: one.file }, shortPath(one.file) + (one.line ? `:${one.line}` : "")) : null,
    one.message ? h("p", { class: "soft" }, one.message) : null);
}
