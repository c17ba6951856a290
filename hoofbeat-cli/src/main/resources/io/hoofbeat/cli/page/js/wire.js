// SPDX-License-Identifier: Apache-2.0
//
// The list of frames that pass, the latest first. A bounded number is kept, and fewer are in the page.

import { byId, calmly, element, laidOut, octets, timeOfDay } from './dom.js';

const KEPT = 1_000;
const SHOWN = 150;

/** Binds the list to the connection's frames. */
export class Wire {
  #kept = [];
  #fresh = [];
  #paused = false;
  #list = byId('frames');
  #filter = byId('wire-filter').elements;
  #paint = calmly(() => this.#showFresh());

  constructor(connection) {
    connection.addEventListener('frame', ({ detail }) => this.#seen(detail));
    byId('wire-filter').addEventListener('submit', (event) => event.preventDefault());
    byId('wire-filter').addEventListener('input', () => this.#showAll());
    byId('wire-pause').addEventListener('click', () => this.#pause(!this.#paused));
    byId('wire-clear').addEventListener('click', () => {
      this.#kept = [];
      this.#showAll();
    });
    this.#showAll();
  }

  #seen(sighting) {
    this.#kept.push(sighting);
    if (this.#kept.length > 2 * KEPT) this.#kept.splice(0, KEPT);
    if (this.#paused) return;
    this.#fresh.push(sighting);
    if (this.#fresh.length > 2 * SHOWN) this.#fresh.splice(0, SHOWN);
    this.#paint();
  }

  #pause(paused) {
    this.#paused = paused;
    byId('wire-pause').setAttribute('aria-pressed', String(paused));
    byId('wire-pause').textContent = paused ? 'Go on' : 'Pause';
    if (!paused) this.#showAll();
  }

  #matches(sighting) {
    const direction = this.#filter.direction.value;
    if (direction && sighting.direction !== direction) return false;
    const wanted = this.#filter.text.value.trim().toLowerCase();
    return !wanted || `${sighting.head()}\n${sighting.preview()}`.toLowerCase().includes(wanted);
  }

  #showAll() {
    this.#list.replaceChildren();
    this.#fresh = this.#kept.filter((sighting) => this.#matches(sighting)).slice(-SHOWN);
    this.#showFresh();
  }

  #showFresh() {
    const rows = this.#fresh.filter((sighting) => this.#matches(sighting)).slice(-SHOWN).map((sighting) => this.#row(sighting));
    this.#fresh = [];
    this.#list.prepend(...rows.reverse());
    while (this.#list.children.length > SHOWN) this.#list.lastChild.remove();
    const isEmpty = this.#list.children.length === 0;
    byId('frames-empty').hidden = !isEmpty;
    byId('frames-empty').textContent = this.#kept.length && isEmpty ? 'No frame matches the filter.' : 'No frames yet. Connect, and they pass by here.';
  }

  #row(sighting) {
    const isOut = sighting.direction === 'out';
    const summary = element(
      'summary',
      {},
      element('span', { class: 'way', title: isOut ? 'from this page to the server' : 'from the server to this page' },
        element('span', { 'aria-hidden': 'true' }, isOut ? '↑' : '↓'), element('span', { class: 'unseen' }, isOut ? 'sent' : 'received')),
      element('span', { class: 'command', 'data-command': sighting.command }, sighting.command),
      element('span', { class: 'subject' }, sighting.subject()),
      element('span', { class: 'preview' }, sighting.preview()),
      element('time', { datetime: sighting.time.toISOString() }, timeOfDay(sighting.time)),
    );
    const details = element('details', { toggle: () => details.open && this.#unfold(details, sighting) }, summary);
    return element('li', {}, details);
  }

  /** The frame itself, laid out only when somebody wants to see it. */
  #unfold(details, sighting) {
    details.querySelector('.raw')?.remove();
    const text = sighting.text();
    const raw = element('div', { class: 'raw' }, element('pre', { tabindex: '0', role: 'region', 'aria-label': 'The frame' }, element('b', {}, sighting.head())));
    if (text) raw.firstChild.append('\n\n', this.#filter.pretty.checked ? laidOut(text) : text);
    raw.append(element('p', {}, `${sighting.headers.length} headers, body of ${octets(sighting.body.length)}`));
    details.append(raw);
  }
}
