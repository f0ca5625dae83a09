// The nodes, and what holds them together.

import { $, bar, fillBar, h, keep, s, text } from "./dom.js";
import { amount, plural } from "./format.js";

const TONES = { ready: "good", linked: "good", own: "good", draining: "warn", silent: "bad", down: "bad", none: "warn" };
/** As many as a picture shows well; more are a list. */
const MOST = 9;

function tone(node) {
  return node.link === "down" ? "bad" : TONES[node.state] ?? "warn";
}

function words(node) {
  const link = { own: "this node", linked: "linked", down: "link is down", none: "no peer port" }[node.link] ?? node.link;
  return `${node.state}, ${link}`;
}

const isUp = (state) => state.startsWith("connected");

function servers(cluster) {
  const isKnown = isUp(cluster.zookeeper) && cluster.current;
  const state = cluster.zookeeper.replace(/, session.*/, "");
  return [
    { name: "ZooKeeper", tone: isKnown ? "good" : "bad", state, title: cluster.zookeeper },
    { name: "Redis", tone: isUp(cluster.redis) ? "good" : "bad", state: cluster.redis, title: `${cluster.routes_waiting} changes of routes wait` },
  ];
}

/** A standalone node is a cluster of one, with nothing around it. */
function members(status) {
  if (status.cluster) return status.cluster.nodes;
  const chat = status.listeners.find((listener) => listener.name === "chat");
  return [{ id: 0, name: status.name, address: chat?.address ?? "", sessions: status.sessions, state: status.state, link: "own" }];
}

export function showCluster({ status }) {
  const cluster = status.cluster;
  const nodes = members(status);
  const parent = $("cluster");
  if (!parent.firstChild) {
    parent.append(
      h("ul", { class: "services" }), s("svg", { class: "map", role: "img" }), h("ul", { class: "nodes" }), h("ul", { class: "listeners" }));
  }
  const [services, map, list, listeners] = parent.children;
  const around = cluster ? servers(cluster) : [];
  keep(services, around, (one) => one.name, (one) => h("li", {}, h("b", {}, one.name), h("span", { class: "chip small" })), (item, one) => {
    text(item.lastChild, one.state);
    item.lastChild.dataset.tone = one.tone;
    item.lastChild.title = one.title;
  });
  parent.toggleAttribute("data-alone", !cluster);
  parent.toggleAttribute("data-many", nodes.length > MOST);
  drawMap(map, nodes, around);
  const most = Math.max(1, ...nodes.map((node) => node.sessions));
  const makeNode = () => h("li", {}, h("b"), h("span", { class: "soft" }), h("small", { class: "soft" }), bar());
  keep(list, nodes, (node) => node.id, makeNode, (item, node) => {
    item.dataset.tone = tone(node);
    text(item.children[0], node.name || `node ${node.id}`);
    text(item.children[1], words(node));
    text(item.children[2], `${plural(node.sessions, "session")} · ${node.address}`);
    fillBar(item.children[3], node.sessions / most);
  });
  const makeListener = (one) => h("li", {}, h("b", {}, one.name), h("code", {}, one.address));
  keep(listeners, cluster ? [] : status.listeners, (one) => one.name, makeListener, () => {});
  const sessions = nodes.reduce((sum, node) => sum + node.sessions, 0);
  text($("cluster-about"), cluster ? `${plural(nodes.length, "node")} · ${plural(sessions, "session")}` : "this node stands alone");
}

/** This node in the middle, the others around it, their links as lines. */
function drawMap(map, nodes, around) {
  const own = nodes.find((node) => node.link === "own") ?? nodes[0];
  const others = nodes.filter((node) => node !== own);
  const places = others.map((node, index) => {
    const angle = Math.PI * (others.length === 1 ? 0 : others.length === 2 ? index : -0.5 + (2 * index + 1) / others.length);
    return { node, x: 320 + 225 * Math.cos(angle), y: 150 + 105 * Math.sin(angle) };
  });
  const boxes = [...places, ...(own ? [{ node: own, x: 320, y: 150, isOwn: true }] : [])];
  const picture = [
    ...places.map(({ node, x, y }) => s("line", { class: "link", "data-tone": tone(node), x1: 320, y1: 150, x2: x, y2: y })),
    ...boxes.map(({ node, x, y, isOwn }) => s(
      "g", { class: isOwn ? "node own" : "node", "data-tone": tone(node), transform: `translate(${x - 74} ${y - 29})` },
      s("title", {}, `${node.name}: ${words(node)}, ${node.address}`),
      s("rect", { width: 148, height: 58, rx: 12 }), s("circle", { cx: 18, cy: 21, r: 5 }),
      s("text", { x: 31, y: 26, class: "name" }, cut(node.name || `node ${node.id}`)),
      s("text", { x: 14, y: 46, class: "small" }, `${amount(node.sessions)} sessions${node.state === "ready" ? "" : ` · ${node.state}`}`))),
  ];
  const key = JSON.stringify([nodes, around]);
  if (map.dataset.key === key) return;
  map.dataset.key = key;
  map.replaceChildren(...picture);
  // One or two others stand beside this one.
  map.setAttribute("viewBox", others.length > 2 ? "0 0 640 300" : "0 95 640 110");
  map.setAttribute("aria-label", nodes.map((node) => `${node.name}: ${words(node)}, ${node.sessions} sessions`).join("; "));
}

const cut = (name) => (name.length > 13 ? `${name.slice(0, 12)}…` : name);
