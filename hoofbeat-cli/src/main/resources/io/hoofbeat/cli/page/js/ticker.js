// SPDX-License-Identifier: Apache-2.0
//
// Share prices: one part of the scene publishes invented ones, the other subscribes to a pattern and shows what comes,
// from this tab or from any other.

import { byId, calmly, element, parsed } from './dom.js';
import { Market } from './market.js';
import { Sparkline } from './sparkline.js';

const OWNER = 'ticker scene';
const STEP_MILLIS = 50;
const ROWS = 60;

/** The scene; `enter` is called whenever it comes into view. */
export class Ticker {
  #connection;
  #market = new Market();
  #timer = null;
  #due = 0;
  #subscription = null;
  #rows = new Map();
  #paint = calmly(() => this.#show());

  constructor(connection) {
    this.#connection = connection;
    byId('ticker-switch').addEventListener('click', () => this.#publish(this.#timer === null));
    byId('ticker-rate').addEventListener('input', () => this.#showRate());
    byId('ticker-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#follow(event.target.elements.pattern.value.trim());
    });
    addEventListener('themechange', this.#paint);
    this.#showRate();
  }

  enter() {
    if (this.#subscription === null) this.#follow(byId('ticker-form').elements.pattern.value);
  }

  // Steps of a fixed length, each with as many prices as are due: a browser's timers are too coarse for one each.
  #publish(isOn) {
    clearInterval(this.#timer);
    this.#timer = isOn ? setInterval(() => this.#step(), STEP_MILLIS) : null;
    byId('ticker-switch').textContent = isOn ? 'Stop publishing' : 'Start publishing';
    byId('ticker-switch').setAttribute('aria-pressed', String(isOn));
    document.documentElement.classList.toggle('ticking', isOn);
  }

  #step() {
    if (this.#connection.state !== 'connected') return;
    this.#due += (this.#perSecond() * STEP_MILLIS) / 1_000;
    for (; this.#due >= 1; this.#due--) {
      const { exchange, symbol, price } = this.#market.next();
      this.#connection.send(`/topic/price.stock.${exchange}.${symbol}`, JSON.stringify({ ticker: symbol, price }),
        { 'content-type': 'application/json' });
    }
  }

  /** The slider is logarithmic: from one price a second to five hundred. */
  #perSecond() {
    return Math.round(500 ** Number(byId('ticker-rate').value));
  }

  #showRate() {
    const rate = `${this.#perSecond()} ${this.#perSecond() === 1 ? 'price' : 'prices'} a second`;
    byId('ticker-rate-text').textContent = rate;
    byId('ticker-rate').setAttribute('aria-valuetext', rate);
  }

  #follow(pattern) {
    if (this.#subscription) this.#connection.unsubscribe(this.#subscription);
    for (const row of this.#rows.values()) row.remove();
    this.#rows.clear();
    byId('ticker-empty').hidden = false;
    byId('ticker-table').hidden = true;
    this.#subscription = this.#connection.subscribe(pattern, { owner: OWNER }, (message) => this.#priced(message));
  }

  #priced({ headers: { destination }, body }) {
    const [exchange, symbol] = destination.split('.').slice(-2);
    const price = Number(parsed(body)?.price);
    if (!symbol || !Number.isFinite(price)) return;
    let row = this.#rows.get(destination);
    if (!row) {
      if (this.#rows.size >= ROWS) return;
      row = new Row(exchange, symbol, price);
      this.#rows.set(destination, row);
      const sorted = [...this.#rows].sort(([one], [other]) => one.localeCompare(other));
      byId('ticker-rows').append(...sorted.map(([, { line }]) => line));
    }
    row.price(price);
    this.#paint();
  }

  #show() {
    byId('ticker-empty').hidden = this.#rows.size > 0;
    byId('ticker-table').hidden = this.#rows.size === 0;
    if (!byId('view-ticker').hidden) for (const row of this.#rows.values()) row.show();
  }
}

/** A stock's line in the table: painted when the table is, not with every price. */
class Row {
  #first;
  #last;
  #shown = null;
  #cells = {
    price: element('td', { class: 'number price' }),
    change: element('td', { class: 'number change' }),
    line: element('td', { class: 'spark' }),
  };
  #chart = element('div', { role: 'img' });
  #sparkline;

  constructor(exchange, symbol, price) {
    this.#first = price;
    this.#last = price;
    this.#cells.line.append(this.#chart);
    this.line = element('tr', {},
      element('th', { scope: 'row' }, element('b', {}, symbol), element('small', {}, exchange)),
      this.#cells.price, this.#cells.change, this.#cells.line);
    this.#chart.setAttribute('aria-label', `The latest prices of ${symbol}`);
    this.#sparkline = new Sparkline(this.#chart);
  }

  price(price) {
    this.#last = price;
    this.#sparkline.add(price);
  }

  show() {
    const change = this.#last / this.#first - 1;
    const trend = Math.abs(change) < 0.00005 ? 'level' : change > 0 ? 'up' : 'down';
    this.line.dataset.trend = trend;
    this.#cells.price.textContent = this.#last.toFixed(2);
    this.#cells.change.textContent = `${{ up: '▲', down: '▼', level: '•' }[trend]} ${(Math.abs(change) * 100).toFixed(2)} %`;
    if (this.#shown !== null && this.#shown !== this.#last) this.#flash(this.#last > this.#shown ? 'rose' : 'fell');
    this.#shown = this.#last;
    this.#sparkline.paint();
  }

  #flash(how) {
    const cell = this.#cells.price;
    cell.classList.remove('rose', 'fell');
    cell.getBoundingClientRect();
    cell.classList.add(how);
  }

  remove() {
    this.#sparkline.remove();
    this.line.remove();
  }
}
