// SPDX-License-Identifier: Apache-2.0
//
// What the reader should know: one line each, at the top of the page, read aloud by screen readers.

import { byId, element } from './dom.js';

const LIMIT = 3;
const shown = new Map();

/**
 * Shows a text; one with the same key is replaced, and more than three are too many to read.
 *
 * @param {string} key what it is about
 * @param {string} text what to say
 * @param {'error'|'hint'} kind how bad it is
 */
export function tell(key, text, kind = 'error') {
  const before = shown.get(key);
  if (before?.dataset.text === text) return;
  forget(key);
  while (shown.size >= LIMIT) forget(shown.keys().next().value);
  const notice = element(
    'div',
    { class: 'notice', 'data-kind': kind, 'data-text': text },
    element('p', {}, text),
    element('button', { type: 'button', class: 'quiet', 'aria-label': 'Dismiss this notice', click: () => forget(key) }, '×'),
  );
  shown.set(key, notice);
  byId('notices').append(notice);
}

/** Takes it away again, if it is there. */
export function forget(key) {
  shown.get(key)?.remove();
  shown.delete(key);
}
