// The web chat page, over hpush.js.

import { HPush } from "./hpush.js";
import { Conversations } from "./conversations.js";
import { locale, switchLanguage, translate, word } from "./words.js";

const $ = (id) => document.getElementById(id);
const facts = { websocketPath: "/ws", passwords: true };

let chat = null;
let conversations = null;
let current = "";
const present = new Map();
/** Conversations whose stored messages were asked for on this connection. */
let asked = new Set();
let failure = "";

// MARK: Small things

function make(tag, className, content) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (content !== undefined) element.textContent = content;
  return element;
}

const nameOf = (key) => key.slice(2);
const isGroup = (key) => key.startsWith("g:");

function color(name) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) >>> 0;
  return sum % 8;
}

function paintAvatar(element, name, { group = false, online = false } = {}) {
  element.className = `avatar c${color(name)}${group ? " group" : ""}${online ? " on" : ""}`;
  element.textContent = [...name][0] ?? "?";
  element.setAttribute("aria-hidden", "true");
  return element;
}

function clock(time) { return new Date(time).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" }); }

function day(time) {
  const midnight = new Date().setHours(0, 0, 0, 0);
  if (time >= midnight) return word("today");
  if (time >= midnight - 86400000) return word("yesterday");
  return new Date(time).toLocaleDateString(locale(), { year: "numeric", month: "long", day: "numeric" });
}

function shortTime(time) {
  if (time >= new Date().setHours(0, 0, 0, 0)) return clock(time);
  return new Date(time).toLocaleDateString(locale(), { month: "numeric", day: "numeric" });
}

const isEmoji = (content) => content.length <= 24 && /^(\p{Extended_Pictographic}|\p{Emoji_Component}|\s)+$/u.test(content) && /\p{Extended_Pictographic}/u.test(content);

// MARK: Sign in and out

async function signIn(options) {
  failure = "";
  $("login-error").textContent = "";
  $("login-button").disabled = true;
  const device = sessionStorage.getItem("hpush-device") ?? crypto.getRandomValues(new Uint32Array(2)).join("");
  sessionStorage.setItem("hpush-device", device);
  const made = new HPush({ path: facts.websocketPath, device, ...options });
  chat = made;
  conversations = new Conversations(made.user);
  const mine = (act) => (event) => { if (chat === made) act(event.detail); };
  made.addEventListener("message", mine(received));
  made.addEventListener("presence", mine(({ user, online }) => setPresence(user, online)));
  made.addEventListener("state", mine(stateChanged));
  if (options.token) showChat();
  try {
    await made.connect();
  } catch {
    // `stateChanged` has said why.
    return;
  } finally {
    $("login-button").disabled = false;
  }
  sessionStorage.setItem("hpush-user", made.user);
  showChat();
}

function stateChanged({ state, error }) {
  const element = $("state");
  element.textContent = word(state);
  element.dataset.online = state === "online" ? "yes" : "no";
  if (state === "online") {
    sessionStorage.setItem("hpush-token", chat.token);
    asked = new Set();
    if (current) loadStored(current);
  } else {
    present.clear();
    if (state === "waiting" && document.body.dataset.screen === "login") {
      $("login-error").textContent = word("unreachable");
      $("login-button").disabled = false;
    }
    if (state === "ended") showLogin(error);
  }
  if (conversations) showAll();
}

function showLogin(error) {
  sessionStorage.removeItem("hpush-token");
  if (error?.code === 1 || error?.code === 2) failure = word("refused");
  else if (error?.code) failure = word("elsewhere", { info: error.message });
  document.body.dataset.screen = "login";
  document.title = "HPush";
  $("login-error").textContent = failure;
  $("password").value = "";
  $("user").focus();
}

function showChat() {
  document.body.dataset.screen = "chat";
  $("own-name").textContent = chat.user;
  paintAvatar($("own-avatar"), chat.user);
  goToHash();
  showAll();
}

function signOut() {
  sessionStorage.removeItem("hpush-token");
  const leaving = chat;
  chat = null;
  leaving?.close();
  history.replaceState(null, "", location.pathname);
  showLogin();
}

// MARK: Messages

function received(message) {
  const own = message.from === chat.user;
  const key = message.group ? `g:${message.group}` : `u:${own ? message.to : message.from}`;
  const entry = {
    from: message.from, content: message.content, time: message.time > 1e12 ? message.time : Date.now(), own,
    server: message.serverId ? String(message.serverId) : "", status: own ? "sent" : undefined,
  };
  if (!own) setPresence(message.from, true);
  if (!conversations.add(key, entry)) return;
  if (!own && !(key === current && document.visibilityState === "visible")) conversations.get(key).unread += 1;
  if (key === current) append(entry);
  showList();
}

function write(content) {
  const entry = { from: chat.user, content, time: Date.now(), own: true, status: "sending", server: "" };
  conversations.add(current, entry);
  append(entry);
  showList();
  transmit(current, entry);
}

async function transmit(key, entry) {
  entry.status = "sending";
  repaint(entry);
  try {
    const target = isGroup(key) ? { group: nameOf(key) } : { to: nameOf(key) };
    const { serverId } = await chat.send({ ...target, content: entry.content });
    Object.assign(entry, { status: "sent", server: serverId ? String(serverId) : "" });
    if (!isGroup(key)) setPresence(nameOf(key), true);
  } catch (error) {
    Object.assign(entry, { status: "failed", code: error.code ?? 0 });
    if (error.code === 9 && !isGroup(key)) setPresence(nameOf(key), false);
  }
  conversations?.save();
  repaint(entry);
}

/** What the server has kept and this browser has not. */
async function loadStored(key) {
  if (chat?.state !== "online" || asked.has(key)) return;
  asked.add(key);
  const own = conversations.get(key);
  try {
    for (let page = 0, more = true; page < 10 && more; page += 1) {
      const got = await chat.history(isGroup(key) ? `group:${nameOf(key)}` : nameOf(key), { after: own.after ?? 0 });
      for (const message of got.messages) {
        conversations.add(key, {
          from: message.from, content: message.content, time: message.time, own: message.from === chat.user, status: "sent", stored: true,
          server: message.serverId ? String(message.serverId) : "",
        });
      }
      more = got.more && got.next > (own.after ?? 0);
      if (got.next > (own.after ?? 0)) own.after = got.next;
      if (got.messages.length > 0 && key === current) showMessages();
    }
  } catch { /* This node keeps nothing. */ }
}

function setPresence(user, online) {
  if (user === chat.user || present.get(user) === online) return;
  present.set(user, online);
  showList();
  if (current === `u:${user}`) showHeader();
  if ($("new").open) showOnline();
}

// MARK: What is seen

function showAll() {
  showList();
  showHeader();
  showMessages();
}

function showList() {
  const wanted = $("search").value.trim().toLowerCase();
  const rows = conversations.keys.filter((key) => nameOf(key).toLowerCase().includes(wanted)).map((key) => {
    const { messages, unread } = conversations.get(key);
    const last = messages.at(-1);
    const button = make("button");
    button.type = "button";
    button.dataset.key = key;
    button.setAttribute("aria-current", String(key === current));
    const online = !isGroup(key) && present.get(nameOf(key)) === true;
    const before = last?.own ? `${word("you")}: ` : last && isGroup(key) ? `${last.from}: ` : "";
    button.append(
      paintAvatar(make("span"), nameOf(key), { group: isGroup(key), online }), make("span", "name", nameOf(key)),
      make("time", "", last ? shortTime(last.time) : ""), make("span", "last", last ? before + last.content.replace(/\s+/g, " ").slice(0, 120) : ""),
      make("span", "badge", unread ? (unread > 99 ? "99+" : String(unread)) : ""));
    const row = make("li");
    row.append(button);
    return row;
  });
  $("list").replaceChildren(...rows);
  const others = conversations.unread - (conversations.get(current)?.unread ?? 0);
  $("back-unread").textContent = others ? String(others) : "";
  document.title = conversations.unread ? `(${conversations.unread}) HPush` : "HPush";
}

function showHeader() {
  document.querySelector(".conversation").classList.toggle("none", !current);
  if (!current) return;
  const name = nameOf(current);
  $("peer-name").textContent = name;
  paintAvatar($("peer-avatar"), name, { group: isGroup(current) });
  const state = $("peer-state");
  const known = isGroup(current) ? undefined : present.get(name);
  state.textContent = isGroup(current) ? word("groupChat") : known === undefined ? "" : word(known ? "online" : "offline");
  if (known === undefined) delete state.dataset.online;
  else state.dataset.online = known ? "yes" : "no";
}

const elements = new WeakMap();

function showMessages() {
  const list = $("messages");
  list.replaceChildren();
  if (!current) return;
  let before;
  for (const entry of conversations.get(current)?.messages ?? []) {
    addElement(list, entry, before);
    before = entry;
  }
  list.scrollTop = list.scrollHeight;
}

function append(entry) {
  const list = $("messages");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 120;
  const { messages } = conversations.get(current);
  addElement(list, entry, messages[messages.indexOf(entry) - 1]).classList.add("new");
  if (atEnd || entry.own) list.scrollTop = list.scrollHeight;
}

function addElement(list, entry, before) {
  const isNewDay = !before || new Date(before.time).toDateString() !== new Date(entry.time).toDateString();
  if (isNewDay) list.append(make("div", "day", day(entry.time)));
  const goesOn = !isNewDay && before.from === entry.from && entry.time - before.time < 300000;
  if (goesOn) elements.get(before)?.classList.remove("last");
  const element = make("div", `message last${entry.own ? " own" : ""}${goesOn ? "" : " first"}${isEmoji(entry.content) ? " emoji" : ""}`);
  if (isGroup(current) && !entry.own && !goesOn) element.append(make("span", `from t${color(entry.from)}`, entry.from));
  const bubble = make("div", "bubble");
  bubble.dir = "auto";
  bubble.append(...withLinks(entry.content));
  element.append(bubble, make("div", "meta"));
  elements.set(entry, element);
  list.append(element);
  repaint(entry);
  return element;
}

/** Text, with web addresses as links. */
function withLinks(content) {
  return content.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]}'，。；：！？）】」])/u).map((part, index) => {
    if (index % 2 === 0) return document.createTextNode(part);
    const link = make("a", "", part);
    link.href = part;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    return link;
  });
}

function repaint(entry) {
  const element = elements.get(entry);
  if (!element) return;
  const meta = element.querySelector(".meta");
  meta.replaceChildren(make("span", "", clock(entry.time)));
  meta.classList.toggle("keep", entry.status === "failed");
  if (!entry.own) return;
  element.dataset.status = entry.status;
  if (entry.status === "failed") {
    const reasons = { 1: "code3", 2: "code3", 5: "code3" };
    const retry = make("button", "retry", `${word(reasons[entry.code] ?? `code${entry.code}`)} · ${word("retry")}`);
    retry.type = "button";
    retry.onclick = () => transmit(current, entry);
    meta.append(retry);
  } else {
    const mark = make("span", "", entry.status === "sent" ? "✓" : "…");
    mark.title = word(entry.status);
    meta.append(mark);
  }
}

// MARK: Going somewhere

function open(key) {
  current = key;
  document.body.dataset.view = key ? "chat" : "list";
  if (key) {
    conversations.open(key).unread = 0;
    conversations.save();
    loadStored(key);
  }
  showAll();
  if (key && !matchMedia("(pointer: coarse)").matches) $("text").focus();
}

function goToHash() {
  let key = "";
  try { key = decodeURIComponent(location.hash.slice(1)); } catch { /* Somebody's own. */ }
  if (!chat) return;
  open(/^[ug]:.{1,255}$/u.test(key) ? key : "");
}

function go(key) {
  if (location.hash === `#${encodeURIComponent(key)}`) return open(key);
  location.hash = encodeURIComponent(key);
}

function showOnline() {
  const names = [...present].filter(([, online]) => online).map(([name]) => name).sort().slice(0, 20);
  $("online").replaceChildren(...names.map((name) => {
    const button = make("button", "", name);
    button.type = "button";
    button.onclick = () => {
      $("new").close();
      go(`u:${name}`);
    };
    return button;
  }));
}

const actions = {
  language() {
    switchLanguage();
    showWords();
    if (chat) {
      $("state").textContent = word(chat.state);
      showAll();
    }
  },
  theme() {
    const root = document.documentElement;
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    localStorage.setItem("hpush-theme", root.dataset.theme);
  },
  logout: signOut,
  back() { go(""); },
  cancel() { $("new").close(); },
  new() {
    $("new-name").value = "";
    showOnline();
    $("new").showModal();
    $("new-name").focus();
  },
};

function showWords() {
  document.querySelector(".hint").dataset.t = facts.passwords ? "welcome" : "welcomeOpen";
  $("password-row").hidden = !facts.passwords;
  $("password").required = facts.passwords;
  translate();
}

function fit() {
  const field = $("text");
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, 160)}px`;
}

function submit() {
  const content = $("text").value.trim();
  if (!content || !current || !chat) return;
  $("text").value = "";
  fit();
  write(content);
}

// MARK: Beginning

document.documentElement.dataset.theme =
  localStorage.getItem("hpush-theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.do) actions[button.dataset.do]();
  else if (button?.dataset.key) go(button.dataset.key);
});
$("login").addEventListener("submit", (event) => {
  event.preventDefault();
  const options = { user: $("user").value.trim(), password: $("password").value };
  const before = chat;
  chat = null;
  before?.close();
  if (options.user) signIn(options);
});
$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
  $("text").focus();
});
$("text").addEventListener("input", fit);
$("text").addEventListener("keydown", (event) => {
  // Enter also ends a word while Chinese is typed, and a line on a phone.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229 || matchMedia("(pointer: coarse)").matches) return;
  event.preventDefault();
  submit();
});
$("search").addEventListener("input", () => showList());
$("new").addEventListener("close", () => {
  const name = $("new-name").value.trim();
  if ($("new").returnValue === "ok" && name) go(`${document.querySelector("[name=kind]:checked").value}:${name}`);
  $("new").returnValue = "";
});
addEventListener("hashchange", goToHash);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && current && conversations?.get(current)?.unread) open(current);
});

try { Object.assign(facts, await (await fetch("web.json")).json()); } catch { /* Its defaults will do. */ }
showWords();
const user = sessionStorage.getItem("hpush-user");
const token = sessionStorage.getItem("hpush-token");
$("user").value = user ?? "";
if (user && token) signIn({ user, token });
else $("user").focus();
