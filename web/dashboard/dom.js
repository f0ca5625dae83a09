// Making and keeping elements. Text goes in as text: what nodes and plugins say is never HTML.

/** An element, with attributes, and children that are elements or text. */
export function h(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function s(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A bar that `fillBar` fills; for the eye, since the number stands beside it. */
export const bar = () => h("span", { class: "bar", "aria-hidden": "true" }, h("i"));

export function fillBar(element, share) {
  element.firstChild.style.width = `${Math.min(1, Math.max(0, share)) * 100}%`;
}

/** The first row of a table; columns are pairs of a title and a class. */
export function tableHead(columns) {
  return h("div", { class: "row head", role: "row" }, ...columns.map(([name, type]) => h("span", { class: type, role: "columnheader" }, name)));
}

export const $ = (id) => document.getElementById(id);

/** Changes an element's text only when it is another one, so that a selection in it stays. */
export function text(element, value) {
  value = String(value);
  if (element.textContent !== value) element.textContent = value;
}

/**
 * Keeps a parent's children in step with items: those that stay keep their element, with focus and selection.
 * `make(item)` gives a new element, `update(element, item)` brings it up to date.
 */
export function keep(parent, items, key, make, update) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = parent.firstChild;
  for (const item of items) {
    const name = String(key(item));
    let element = known.get(name);
    known.delete(name);
    if (!element) {
      element = make(item);
      element.dataset.key = name;
    }
    if (element === place) place = place.nextSibling;
    else parent.insertBefore(element, place);
    update(element, item);
  }
  for (const element of known.values()) element.remove();
}
