// The conversations of one user, kept in the browser: what was said survives a reload.

const MOST = 300;

/**
 * Keys: "u:bob" with a user, "g:team" in a group. A message: {from, content, time, own, server, id, status}; status of own ones: "sending",
 * "sent", or "failed" with a code.
 */
export class Conversations {
  #place;
  #all;
  #saving = 0;

  constructor(user) {
    this.#place = `hpush-conversations:${user}`;
    try { this.#all = new Map(JSON.parse(localStorage.getItem(this.#place) ?? "[]")); } catch { this.#all = new Map(); }
    for (const { messages } of this.#all.values()) {
      // Sent when the page was left: nobody waits for the answer any more.
      for (const message of messages) if (message.status === "sending") Object.assign(message, { status: "failed", code: 0 });
    }
    addEventListener("pagehide", () => this.#write());
  }

  get(key) { return this.#all.get(key); }

  open(key) {
    if (!this.#all.has(key)) this.#all.set(key, { messages: [], unread: 0, created: Date.now() });
    this.save();
    return this.#all.get(key);
  }

  /** Newest first. */
  get keys() {
    const time = (key) => this.#all.get(key).messages.at(-1)?.time ?? this.#all.get(key).created ?? 0;
    return [...this.#all.keys()].sort((a, b) => time(b) - time(a));
  }

  get unread() { return [...this.#all.values()].reduce((sum, each) => sum + each.unread, 0); }

  /** @returns whether it is new. */
  add(key, message) {
    const { messages } = this.open(key);
    if (message.server && messages.some((each) => each.server === message.server)) return false;
    let place = messages.length;
    // What was stored may come late: it stands where it was said.
    while (message.stored && place > 0 && messages[place - 1].time > message.time) place -= 1;
    messages.splice(place, 0, message);
    if (messages.length > MOST) messages.splice(0, messages.length - MOST);
    this.save();
    return true;
  }

  save() {
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => this.#write(), 200);
  }

  #write() {
    try { localStorage.setItem(this.#place, JSON.stringify([...this.#all])); } catch { /* Full, or not allowed: this page still has them. */ }
  }
}
