// SPDX-License-Identifier: Apache-2.0
//
// The page's elements. Text gets into the page by text nodes alone, so nothing that a message says becomes markup.

/** The element with this id, which index.html has. */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no element with id ${id}`);
  return found;
}

/**
 * A new element.
 *
 * @param {string} tag its name
 * @param {Object<string, string|boolean|Function>} attributes attributes; a function is a listener for the event of that
 *     name, true an attribute without value, false none
 * @param {...(Node|string)} children texts and elements in it
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/**
 * Makes a list show these items, and leaves the rows that stay where they are: one of them may have the focus, or a
 * button pressed down.
 *
 * @param {Map<object, Element>} rows what the list shows, by item; kept up to date here
 * @param {function(object): Element} make makes the row of an item
 */
export function arrange(list, rows, items, make) {
  for (const [item, row] of rows) {
    if (items.includes(item)) continue;
    row.remove();
    rows.delete(item);
  }
  items.forEach((item, place) => {
    if (!rows.has(item)) rows.set(item, make(item));
    const there = list.children[place] ?? null;
    if (there !== rows.get(item)) list.insertBefore(rows.get(item), there);
  });
}

/** Calls back once in a while however often it is asked to: at most ten times a second, and not while the page is hidden. */
export function calmly(paint) {
  let asked = false;
  const run = () => {
    asked = false;
    paint();
  };
  return () => {
    if (asked) return;
    asked = true;
    setTimeout(() => requestAnimationFrame(run), 100);
  };
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

/** The time of day, in the reader's own manner. */
export function timeOfDay(date) {
  return clock.format(date);
}

/** Octets in words: 812 B, 4.2 KiB. */
export function octets(count) {
  if (count < 1024) return `${count} B`;
  if (count < 1024 * 1024) return `${(count / 1024).toFixed(1)} KiB`;
  return `${(count / 1024 / 1024).toFixed(1)} MiB`;
}

/** A text laid out again if it is JSON, else as it is. */
export function laidOut(text) {
  const json = parsed(text);
  return json === undefined ? text : JSON.stringify(json, null, 2);
}

/** The object or array that the text is in JSON, or undefined. */
export function parsed(text) {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Headers from lines of `name: value`.
 *
 * @throws {SyntaxError} if a line has no colon, or nothing before it
 */
export function headersFrom(lines) {
  const headers = {};
  for (const line of lines.split('\n').map((text) => text.trim()).filter(Boolean)) {
    const colon = line.indexOf(':');
    if (colon < 1) throw new SyntaxError(`“${line}” is no header: it needs a name and a colon, as in priority: 9`);
    headers[line.slice(0, colon).trim()] = line.slice(colon + 1).trim();
  }
  return headers;
}
