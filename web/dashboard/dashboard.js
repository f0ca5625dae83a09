// The dashboard: asks the node every two seconds and shows what it says.

import { ask, token } from "./api.js";
import { showCluster } from "./cluster.js";
import { $, text } from "./dom.js";
import { span } from "./format.js";
import { showLoops } from "./loops.js";
import { showPipeline } from "./pipeline.js";
import { showRules, startRules } from "./rules.js";
import { showTiles } from "./tiles.js";
import { showErrors, showOutcomes } from "./troubles.js";

const INTERVAL = 2000;
const MOST_POINTS = 150;
let points = [];
let began = 0;
let timer = 0;
let isPaused = false;
let isAsking = false;
let answered = 0;

// MARK: Asking

async function refresh() {
  clearTimeout(timer);
  if (isAsking) return;
  isAsking = true;
  try {
    take(await ask(`v1/dashboard?after=${points.at(-1)?.number ?? 0}`));
  } catch (failure) {
    if (failure.status === 401) return signIn();
    live(failure.status === 0 ? "no answer from the node" : failure.message, "bad");
    document.body.toggleAttribute("data-stale", true);
    if (document.body.dataset.screen === "wait") document.body.dataset.screen = "app";
  } finally {
    isAsking = false;
    if (!isPaused && !document.hidden && document.body.dataset.screen !== "sign-in") timer = setTimeout(refresh, INTERVAL);
  }
}

function take(data) {
  const start = data.time - data.status.uptime_seconds;
  // Another process answers now: its points begin at one, and are asked for the next time.
  const isOther = began && data.status.uptime_seconds > 0 && Math.abs(start - began) > 5;
  if (data.status.uptime_seconds > 0) began = start;
  points = isOther ? [] : [...points, ...data.points].slice(-MOST_POINTS);
  answered = Date.now();
  document.body.dataset.screen = "app";
  document.body.toggleAttribute("data-stale", false);
  show(data);
  live(isPaused ? "paused" : "live", isPaused ? "warn" : "good");
}

// MARK: Showing

const STATES = { ready: "good", starting: "warn", draining: "warn" };

function show(data) {
  const { status } = data;
  document.title = `${status.name} · HPush`;
  text($("name"), status.name);
  text($("version"), `HPush ${status.version} · `);
  text($("uptime"), `up ${span(status.uptime_seconds)}`);
  text($("state"), status.state);
  $("state").dataset.tone = STATES[status.state] ?? "warn";
  const notices = [];
  if (status.state === "draining") notices.push("The node drains: it takes no logins and closes its sessions.");
  if (status.store?.working === false) notices.push(`Messages cannot be stored, senders are told to try again: ${status.store.failure}`);
  text($("notice"), notices.join(" "));
  showTiles($("tiles"), points, data);
  showPipeline(data);
  showRules(data);
  showErrors(data);
  showOutcomes(data);
  showCluster(data);
  showLoops(data);
  text($("foot"), !status.cluster ? "" : status.listeners.map((one) => `${one.name} ${one.address}`).join(" · "));
}

function live(words, tone) {
  text($("live"), words);
  $("live").dataset.tone = tone;
  $("live").title = answered ? `last answer at ${new Date(answered).toLocaleTimeString("en-GB")}` : "";
}

// MARK: The token

function signIn() {
  text($("token-error"), token.get() ? "The node does not take this token." : "");
  token.set("");
  document.body.dataset.screen = "sign-in";
  $("token").value = "";
  $("token").focus();
}

$("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  token.set($("token").value.trim());
  document.body.dataset.screen = "wait";
  refresh();
});

// MARK: Buttons

$("pause").addEventListener("click", () => {
  isPaused = !isPaused;
  $("pause").setAttribute("aria-pressed", isPaused);
  $("pause").title = isPaused ? "Go on" : "Pause";
  if (isPaused) {
    clearTimeout(timer);
    live("paused", "warn");
  } else {
    refresh();
  }
});

const THEME = "hpush.dashboard.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

function showTheme() {
  document.documentElement.dataset.theme = localStorage.getItem(THEME) ?? (dark.matches ? "dark" : "light");
}

$("theme").addEventListener("click", () => {
  const other = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  // What the system says needs no keeping.
  if (other === (dark.matches ? "dark" : "light")) localStorage.removeItem(THEME);
  else localStorage.setItem(THEME, other);
  showTheme();
});
dark.addEventListener("change", showTheme);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !isPaused) refresh();
});

showTheme();
startRules(refresh);
refresh();
