// A client of HPush for browsers: one file, no dependencies. How to use it: docs/web.md.
//
//   import { HPush } from "./hpush.js";
//   const chat = new HPush({ user: "alice", password: "..." });
//   chat.addEventListener("message", (event) => console.log(event.detail.from, event.detail.content));
//   await chat.connect();
//   await chat.send({ to: "bob", content: "hello" });

// MARK: Protocol buffers, as far as proto/hpush.proto needs them

const text = new TextEncoder();
const utf8 = new TextDecoder();

/** Fields by number: [name, kind]. Kinds: n a number, b a boolean, u a 64-bit number (BigInt), s text, y bytes, or another table; [kind] is repeated. */
const MESSAGE_REQUEST = {
  1: ["id", "u"], 2: ["from", "s"], 3: ["to", "s"], 4: ["time", "n"], 5: ["kind", "n"], 6: ["content", "s"], 8: ["url", "s"],
  9: ["property", "s"], 10: ["fromNick", "s"], 11: ["json", "s"], 16: ["group", "s"], 17: ["serverId", "u"], 18: ["seq", "n"],
};
const RESULT = { 1: ["result", "b"], 2: ["code", "n"], 3: ["info", "s"], 16: ["id", "u"], 17: ["serverId", "u"] };
const MESSAGE = {
  1: ["type", "n"], 2: ["sequence", "n"], 3: ["session", "s"],
  4: ["login", { 1: ["uid", "s"], 2: ["deviceId", "s"], 3: ["token", "s"], 4: ["platform", "n"], 5: ["appVersion", "s"], 16: ["capabilities", "n"] }],
  5: ["loginResponse", { 1: ["result", "b"], 2: ["code", "n"], 3: ["info", "s"], 16: ["capabilities", "n"] }],
  6: ["request", MESSAGE_REQUEST], 7: ["response", RESULT], 8: ["notification", { 1: ["id", "u"], 2: ["json", "s"], 3: ["timestamp", "s"] }],
  9: ["heartBeat", { 1: ["seq", "n"], 2: ["uid", "s"] }], 16: ["ack", { 1: ["serverIds", ["u"]] }],
  17: ["sync", { 1: ["conversation", "s"], 2: ["after", "n"], 3: ["limit", "n"] }],
  18: ["syncResponse", { 1: ["messages", [MESSAGE_REQUEST]], 2: ["more", "b"], 3: ["next", "n"] }],
  19: ["custom", { 1: ["route", "s"], 2: ["body", "y"], 3: ["code", "n"], 4: ["info", "s"] }],
};
const Type = {
  login: 0, loginResponse: 1, logout: 2, logoutResponse: 3, heartBeat: 4, request: 5, response: 6, notification: 7, ack: 8,
  sync: 9, syncResponse: 10, custom: 100, customResponse: 101,
};

function writeVarint(out, value) {
  let rest = BigInt(value);
  while (rest > 127n) {
    out.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  out.push(Number(rest));
}

function encode(message, table) {
  const out = [];
  for (const [number, [name, kind]] of Object.entries(table)) {
    const given = message[name];
    if (given === undefined || given === null) continue;
    const repeated = Array.isArray(kind);
    for (const value of repeated ? given : [given]) {
      const inner = repeated ? kind[0] : kind;
      if (inner === "n" || inner === "u" || inner === "b") {
        if (!value && !repeated) continue;
        writeVarint(out, Number(number) * 8);
        writeVarint(out, value === true ? 1 : value);
      } else {
        const bytes = inner === "s" ? text.encode(value) : inner === "y" ? value : encode(value, inner);
        writeVarint(out, Number(number) * 8 + 2);
        writeVarint(out, bytes.length);
        for (const byte of bytes) out.push(byte);
      }
    }
  }
  return Uint8Array.from(out);
}

function decode(bytes, table) {
  const message = {};
  for (const [name, kind] of Object.values(table)) {
    if (Array.isArray(kind)) message[name] = [];
    else if (typeof kind === "string") message[name] = { n: 0, u: 0n, b: false, s: "", y: new Uint8Array() }[kind];
  }
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (at >= bytes.length || shift > 63n) throw new RangeError("a message that ends too early");
      const byte = bytes[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const [name, kind] = table[tag >> 3] ?? [];
    let value;
    if ((tag & 7) === 0) value = varint();
    else if ((tag & 7) === 2) {
      const size = Number(varint());
      value = bytes.subarray(at, (at += size));
    } else {
      at += (tag & 7) === 1 ? 8 : 4;
      continue;
    }
    if (name === undefined) continue;
    const read = (inner) => inner === "n" ? Number(value) : inner === "u" ? value : inner === "b" ? value !== 0n
      : inner === "s" ? utf8.decode(value) : inner === "y" ? value : decode(value, inner);
    if (Array.isArray(kind)) message[name].push(read(kind[0]));
    else message[name] = read(kind);
  }
  return message;
}

// MARK: Errors

/** What a node answers where it does not do what it was asked. */
export const Code = {
  loginFailed: 1, noCredential: 2, unknown: 3, tooMany: 4, notLoggedIn: 5, nobody: 6, rejected: 7, tooLarge: 8, unavailable: 9,
};

export class HPushError extends Error {
  /** @param {number} code one of `Code`; 0 where no node said anything. */
  constructor(code, info) {
    super(info || "failed");
    this.name = "HPushError";
    this.code = code;
    /** Whether the same may succeed later. */
    this.mayPass = [0, Code.unknown, Code.tooMany, Code.unavailable].includes(code);
  }
}

// MARK: Client

const RECEIPTS = 1;
const ACKS = 2;

/**
 * One user's connection, which comes back by itself.
 *
 * Events (their `detail`): `message` (a message), `state` ({state, error}), `presence` ({user, online}), `notification` (its JSON).
 * States: "offline", "connecting", "online", "waiting" (until the next attempt), "ended" (refused, signed in elsewhere, logged out).
 */
export class HPush extends EventTarget {
  state = "offline";
  session = "";
  #options;
  #socket = null;
  #token;
  #attempt = 0;
  #timers = { retry: 0, beat: 0, stable: 0, ack: 0, login: 0 };
  #sequence = 0;
  #lastId = 0n;
  /** Messages without an answer, in their order, by id. */
  #outgoing = new Map();
  /** Other requests without an answer, by sequence. */
  #requests = new Map();
  #acks = [];
  #seen = new Set();
  #silent = 0;
  #waiters = [];

  /**
   * @param {object} options
   * @param {string} options.user
   * @param {string} [options.password] for the gate; not needed with a token
   * @param {string} [options.token] from an earlier login (`client.token`), or whatever the node's rules take
   * @param {string} [options.gate] its address; the page's own origin unless given
   * @param {string} [options.url] of the WebSocket, such as wss://chat.example/ws; then no gate is asked
   * @param {string} [options.path] of the WebSocket at the node the gate names; "/ws"
   * @param {string} [options.device] the same for the same device: resends are told by it; made up unless given
   * @param {number} [options.heartbeat] seconds between signs of life; 30
   */
  constructor(options) {
    super();
    this.#options = { gate: "", path: "/ws", heartbeat: 30, device: randomId(), ...options };
    this.#token = options.token ?? "";
    this.wake = () => { if (this.state === "waiting") this.#open(); };
    globalThis.addEventListener?.("online", this.wake);
  }

  get user() { return this.#options.user; }
  /** Good for about an hour; keeps a password out of storage. */
  get token() { return this.#token; }

  /** Resolves when it is online for the first time; rejects when the login is refused. */
  connect() {
    const done = new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
    if (this.state === "online") this.#settle();
    else if (this.state === "offline" || this.state === "ended") this.#open();
    return done;
  }

  /** Logs out. Messages without an answer are given up. */
  close() {
    if (this.#socket?.readyState === 1) this.#write({ type: Type.logout, sequence: ++this.#sequence });
    this.#end(new HPushError(0, "logged out"));
  }

  /**
   * Sends a message to a user (`to`) or a group (`group`). It is sent again after a broken connection until it is answered; the node
   * delivers it once.
   * @returns {Promise<{id: bigint, serverId: bigint}>} when it was stored, or a device has it; rejects with an `HPushError`.
   */
  send(message) {
    const now = BigInt(Date.now()) * 1000n;
    const id = (this.#lastId = now > this.#lastId ? now : this.#lastId + 1n);
    const request = { time: Date.now(), ...message, id };
    return new Promise((resolve, reject) => {
      if (this.state === "ended") return reject(new HPushError(0, "the connection has ended"));
      this.#outgoing.set(id, { request, resolve, reject });
      if (this.state === "online") this.#write({ type: Type.request, sequence: ++this.#sequence, request });
    });
  }

  /**
   * Stored messages of a conversation: another user's id, or group:NAME. Ascending.
   * @returns {Promise<{messages: object[], more: boolean, next: number}>} go on with `after: next`.
   */
  async history(conversation, { after = 0, limit = 50 } = {}) {
    const answer = await this.#ask({ type: Type.sync, sync: { conversation, after, limit } });
    return answer.syncResponse ?? { messages: [], more: false, next: after };
  }

  /** Asks a route that a plugin serves. @returns {Promise<Uint8Array>} */
  async call(route, body = "") {
    const bytes = typeof body === "string" ? text.encode(body) : body;
    const { custom } = await this.#ask({ type: Type.custom, custom: { route, body: bytes } });
    if (custom?.code) throw new HPushError(custom.code, custom.info);
    return custom?.body ?? new Uint8Array();
  }

  // MARK: Connection

  async #open() {
    clearTimeout(this.#timers.retry);
    this.#change("connecting");
    let url;
    try {
      url = this.#options.url ?? await this.#askGate();
    } catch (error) {
      if (error.mayPass === false) return this.#end(error);
      return this.#retry(error);
    }
    if (this.state !== "connecting") return;
    let socket;
    try {
      socket = new WebSocket(url);
    } catch (error) {
      return this.#end(new HPushError(0, String(error.message)));
    }
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    this.#timers.login = setTimeout(() => socket.close(), 15000);
    socket.onopen = () => this.#write({
      type: Type.login, sequence: ++this.#sequence,
      login: {
        uid: this.user, deviceId: this.#options.device, token: this.#token || this.#options.password || "", platform: 4,
        appVersion: "hpush.js", capabilities: RECEIPTS | ACKS,
      },
    });
    socket.onmessage = (event) => {
      if (socket !== this.#socket) return;
      this.#silent = 0;
      let message;
      try { message = decode(new Uint8Array(event.data), MESSAGE); } catch { return socket.close(); }
      this.#received(message);
    };
    socket.onclose = () => { if (socket === this.#socket) this.#retry(new HPushError(0, "the connection broke")); };
  }

  /** Where to connect. A token is asked for where there is none, or the one there is has run out. */
  async #askGate() {
    const { gate, user, password, path } = this.#options;
    let node;
    if (this.#token && !isOver(this.#token)) {
      node = (await ask(`${gate}/user/getImNode`)).imNode;
    } else {
      const body = JSON.stringify({ user, password: password ?? "" });
      const answer = await ask(`${gate}/v1/login`, { method: "POST", body, headers: { "Content-Type": "application/json" } });
      this.#token = answer.token;
      node = answer.node;
    }
    if (!node.websocketPort) throw new HPushError(Code.unavailable, "the node takes no WebSockets");
    // A gate behind a proxy that ends TLS does not know of it.
    const secure = node.websocketTLS || new URL(gate || location.href, location.href).protocol === "https:";
    const host = node.host.includes(":") ? `[${node.host}]` : node.host;
    return `${secure ? "wss" : "ws"}://${host}:${node.websocketPort}${path}`;
  }

  #retry(error) {
    this.#drop();
    for (const { reject } of this.#requests.values()) reject(error);
    this.#requests.clear();
    if (this.state === "ended") return;
    // Half of it by chance, so that a node's clients don't come back all at once.
    const limit = Math.min(500 * 2 ** this.#attempt++, 30000);
    this.#timers.retry = setTimeout(() => this.#open(), limit / 2 + Math.random() * limit / 2);
    this.#change("waiting", error);
  }

  #end(error) {
    this.#drop();
    clearTimeout(this.#timers.retry);
    this.#change("ended", error);
    for (const { reject } of [...this.#waiters, ...this.#outgoing.values(), ...this.#requests.values()]) reject(error);
    this.#waiters = [];
    this.#outgoing.clear();
    this.#requests.clear();
    globalThis.removeEventListener?.("online", this.wake);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    clearInterval(this.#timers.beat);
    clearTimeout(this.#timers.stable);
    clearTimeout(this.#timers.login);
    clearTimeout(this.#timers.ack);
    this.#acks = [];
    socket?.close();
  }

  #online(message) {
    clearTimeout(this.#timers.login);
    this.session = message.session;
    this.#silent = 0;
    this.#timers.stable = setTimeout(() => { this.#attempt = 0; }, 5000);
    this.#timers.beat = setInterval(() => this.#beat(), this.#options.heartbeat * 1000);
    this.#change("online");
    this.#settle();
    // Sent before and not answered: the node knows those it has by their ids.
    for (const { request } of this.#outgoing.values()) this.#write({ type: Type.request, sequence: ++this.#sequence, request });
  }

  #settle() {
    for (const { resolve } of this.#waiters) resolve(this);
    this.#waiters = [];
  }

  #beat() {
    if (++this.#silent > 2) return this.#retry(new HPushError(0, "nothing heard of the node"));
    this.#write({ type: Type.heartBeat, sequence: ++this.#sequence, heartBeat: { uid: this.user, seq: this.#sequence } });
  }

  #change(state, error) {
    this.state = state;
    this.#tell("state", { state, error });
  }

  #tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }

  #write(message) { if (this.#socket?.readyState === 1) this.#socket.send(encode(message, MESSAGE)); }

  #ask(message) {
    return new Promise((resolve, reject) => {
      if (this.state !== "online") return reject(new HPushError(0, "not connected"));
      const sequence = ++this.#sequence;
      const timer = setTimeout(() => finish(reject)(new HPushError(0, "no answer")), 15000);
      const finish = (settle) => (value) => {
        clearTimeout(timer);
        this.#requests.delete(sequence);
        settle(value);
      };
      this.#requests.set(sequence, { resolve: finish(resolve), reject: finish(reject) });
      this.#write({ ...message, sequence });
    });
  }

  // MARK: What comes

  #received(message) {
    switch (message.type) {
      case Type.loginResponse: return this.#loginAnswered(message);
      case Type.request: return this.#delivered(message.request ?? decode([], MESSAGE_REQUEST));
      case Type.response: return this.#answered(message);
      case Type.syncResponse:
      case Type.customResponse: return this.#requests.get(message.sequence)?.resolve(message);
      case Type.notification: return this.#notified(message.notification?.json ?? "");
      case Type.logoutResponse: return this.#end(new HPushError(Code.rejected, message.response?.info));
    }
  }

  #loginAnswered(message) {
    const { result = false, code = Code.unknown, info = "" } = message.loginResponse ?? {};
    if (result) return this.#online(message);
    const error = new HPushError(code, info);
    const hadToken = this.#token;
    // A token may have run out on the way; a new one costs one question.
    this.#token = "";
    if (hadToken && this.#options.password !== undefined && this.#attempt === 0 && !error.mayPass) return this.#retry(error);
    if (error.mayPass) {
      this.#token = hadToken;
      return this.#retry(error);
    }
    this.#end(error);
  }

  #delivered(message) {
    const { serverId } = message;
    if (serverId) {
      this.#acknowledge(serverId);
      // A node sends again what it does not know to have come.
      if (this.#seen.has(serverId)) return;
      this.#seen.add(serverId);
      if (this.#seen.size > 5000) this.#seen.delete(this.#seen.values().next().value);
    }
    this.#tell("message", message);
  }

  #acknowledge(serverId) {
    this.#acks.push(serverId);
    if (this.#acks.length > 1) return;
    this.#timers.ack = setTimeout(() => {
      const serverIds = this.#acks;
      this.#acks = [];
      this.#write({ type: Type.ack, ack: { serverIds } });
    }, 20);
  }

  #answered({ sequence, response }) {
    const { result = false, code = Code.unknown, info = "", id = 0n, serverId = 0n } = response ?? {};
    const waiting = this.#outgoing.get(id);
    if (!waiting) {
      // The failure of another kind of request.
      return this.#requests.get(sequence)?.reject(new HPushError(code, info));
    }
    this.#outgoing.delete(id);
    if (result) waiting.resolve({ id, serverId });
    else waiting.reject(new HPushError(code, info));
  }

  #notified(json) {
    let notice;
    try { notice = JSON.parse(json); } catch { return; }
    const user = notice?.data?.uid;
    if ((notice?.type === 10 || notice?.type === 20) && user) this.#tell("presence", { user, online: notice.type === 10 });
    this.#tell("notification", notice);
  }
}

// MARK: The gate

async function ask(url, options) {
  let answer;
  try { answer = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout?.(15000), ...options }); } catch {
    throw new HPushError(0, "the gate cannot be reached");
  }
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  const code = answer.status === 401 ? Code.loginFailed : answer.status === 400 ? Code.rejected : Code.unavailable;
  throw new HPushError(code, body.error?.message);
}

/** Whether a JSON Web Token has run out, or is about to; tokens of another kind never do. */
function isOver(token) {
  try {
    const { exp } = JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
    return exp !== undefined && exp * 1000 < Date.now() + 5000;
  } catch {
    return false;
  }
}

/** Also where there is no crypto.randomUUID: pages by plain HTTP. */
function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
