// Small lines of the last five minutes.

import { s } from "./dom.js";

/** What the lines span, in seconds: five minutes, or less of a node that began a while ago. */
const MOST = 300;
const LEAST = 60;
let span = MOST;

export function setSpan(times, now) {
  span = Math.min(MOST, Math.max(LEAST, now - (times[0] ?? now)));
}

const WIDTH = 200;
const HEIGHT = 40;

/** A sparkline. `lines` are names of classes, drawn in this order; the first one is filled. */
export function sparkline(lines) {
  const paths = lines.map((name) => s("path", { class: `line ${name}` }));
  const area = s("path", { class: `area ${lines[0]}` });
  const mark = s("line", { class: "mark", y1: 0, y2: HEIGHT, hidden: true });
  const attributes = { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" };
  const svg = s("svg", attributes, area, ...paths, mark);
  return { svg, area, paths, mark };
}

/**
 * Draws it anew. `series` has a list of numbers for each line (null: nothing there), `times` when they were, `now` where the right end is.
 * `least` is what the scale reaches at any rate, so that noise around nothing looks like nothing.
 */
export function draw(spark, times, series, now, least = 0) {
  const most = Math.max(least, ...series.flat().filter((value) => value !== null)) || 1;
  const x = (time) => WIDTH * (1 - (now - time) / span);
  const y = (value) => HEIGHT - 1.5 - (HEIGHT - 4) * (value / most);
  series.forEach((values, index) => {
    let path = "";
    let first = null;
    let last = null;
    values.forEach((value, place) => {
      if (value === null || x(times[place]) < -2) return;
      const gap = last !== null && times[place] - last > 10;
      path += `${path === "" || gap ? "M" : "L"}${x(times[place]).toFixed(1)} ${y(value).toFixed(1)}`;
      first ??= times[place];
      last = times[place];
    });
    spark.paths[index].setAttribute("d", path);
    if (index === 0) {
      spark.area.setAttribute("d", path && `${path}L${x(last).toFixed(1)} ${HEIGHT}L${x(first).toFixed(1)} ${HEIGHT}Z`);
    }
  });
  return most;
}

/** The place in `times` nearest to the pointer. */
export function placeOf(event, svg, times, now) {
  const box = svg.getBoundingClientRect();
  const time = now - span * (1 - (event.clientX - box.left) / box.width);
  let best = -1;
  times.forEach((value, place) => {
    if (best < 0 || Math.abs(value - time) < Math.abs(times[best] - time)) best = place;
  });
  return best;
}

export function mark(spark, time, now) {
  if (time === null) return spark.mark.setAttribute("hidden", "");
  const x = WIDTH * (1 - (now - time) / span);
  spark.mark.setAttribute("x1", x);
  spark.mark.setAttribute("x2", x);
  spark.mark.removeAttribute("hidden");
}
