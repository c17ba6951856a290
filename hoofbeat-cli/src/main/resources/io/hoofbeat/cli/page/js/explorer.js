// SPDX-License-Identifier: Apache-2.0
//
// Subscribing to anything, sending anything, acknowledging by hand.

import { arrange, byId, calmly, element, headersFrom, laidOut, parsed } from './dom.js';
import { forget, tell } from './notices.js';

const OWNER = 'explorer';
const UNSETTLED_KEPT = 1_000;
const UNSETTLED_SHOWN = 30;

/** Binds the explorer's forms and lists to the connection. */
export class Explorer {
  #connection;
  /** Messages that wait for ACK or NACK, the oldest first. */
  #unsettled = [];
  #subscriptionRows = new Map();
  #unsettledRows = new Map();
  #paint = calmly(() => this.#show());

  constructor(connection) {
    this.#connection = connection;
    byId('subscribe-form').addEventListener('submit', (event) => this.#subscribe(event));
    byId('send-form').addEventListener('submit', (event) => this.#send(event));
    byId('send-pretty').addEventListener('click', () => this.#layOut());
    connection.addEventListener('subscriptions', this.#paint);
    connection.addEventListener('state', () => {
      // The server takes back what was not acknowledged, and delivers it again.
      if (connection.state !== 'connected') this.#unsettled = [];
      this.#paint();
    });
    connection.addEventListener('frame', this.#paint);
    this.#show();
  }

  /** The form's headers, or undefined after having said what is wrong with them. */
  #headers(text) {
    try {
      forget('headers');
      return headersFrom(text);
    } catch (failure) {
      tell('headers', failure.message);
      return undefined;
    }
  }

  #subscribe(event) {
    event.preventDefault();
    const { destination, ack, headers } = event.target.elements;
    const further = this.#headers(headers.value);
    if (!further) return;
    this.#connection.subscribe(destination.value.trim(), { ack: ack.value, headers: further, owner: OWNER },
      (message, subscription) => this.#keep(message, subscription));
  }

  #keep(message, subscription) {
    if (subscription.ack === 'auto') return;
    this.#unsettled.push({ message, subscription });
    if (this.#unsettled.length > UNSETTLED_KEPT) this.#unsettled.shift();
    this.#paint();
  }

  #settle(entry, command) {
    entry.message[command]();
    const isCumulative = entry.subscription.ack === 'client';
    const last = this.#unsettled.indexOf(entry);
    this.#unsettled = this.#unsettled.filter((other, place) =>
      other !== entry && !(isCumulative && other.subscription === entry.subscription && place < last));
    this.#show();
  }

  #send(event) {
    event.preventDefault();
    const { destination, headers, body, times, receipt } = event.target.elements;
    const given = this.#headers(headers.value);
    if (!given) return;
    const type = parsed(body.value) === undefined ? 'text/plain' : 'application/json';
    const all = { ...(body.value && { 'content-type': type }), ...given };
    const count = Math.min(Math.max(Number(times.value) || 1, 1), Number(times.max));
    const said = byId('send-result');
    for (let sent = 1; sent < count; sent++) this.#connection.send(destination.value.trim(), body.value, all);
    if (receipt.checked) {
      const begun = performance.now();
      said.textContent = 'Sent; waiting for the receipt …';
      Object.assign(all, this.#connection.receipt(() => {
        said.textContent = `Receipt ${all.receipt} came after ${(performance.now() - begun).toFixed(1)} ms.`;
      }));
    } else {
      said.textContent = count > 1 ? `${count} messages sent.` : 'Sent.';
    }
    this.#connection.send(destination.value.trim(), body.value, all);
  }

  #layOut() {
    const { body } = byId('send-form').elements;
    const json = parsed(body.value);
    forget('headers');
    if (json === undefined) return tell('headers', 'The body is no JSON object or array, so there is nothing to lay out.', 'hint');
    body.value = body.value.includes('\n') ? JSON.stringify(json) : laidOut(body.value);
    return body.focus();
  }

  #show() {
    const subscriptions = [...this.#connection.subscriptions.values()].reverse();
    byId('subscriptions-empty').hidden = subscriptions.length > 0;
    arrange(byId('subscriptions'), this.#subscriptionRows, subscriptions, (subscription) => this.#subscriptionRow(subscription));
    for (const [subscription, row] of this.#subscriptionRows) row.querySelector('.what small').textContent = about(subscription);
    byId('unsettled-section').hidden = this.#unsettled.length === 0;
    byId('unsettled-count').textContent = String(this.#unsettled.length);
    arrange(byId('unsettled'), this.#unsettledRows, this.#unsettled.slice(0, UNSETTLED_SHOWN), (entry) => this.#unsettledRow(entry));
  }

  #subscriptionRow(subscription) {
    const { destination, owner } = subscription;
    const row = element('li', {}, element('div', { class: 'what' }, element('code', {}, destination), element('small')));
    row.append(owner === OWNER
      ? element('button', { type: 'button', class: 'small', 'aria-label': `Unsubscribe from ${destination}`, click: () => this.#leave(subscription) }, 'Unsubscribe')
      : element('small', { class: 'owner' }, `of the ${owner}`));
    return row;
  }

  #leave(subscription) {
    this.#unsettled = this.#unsettled.filter((entry) => entry.subscription !== subscription);
    this.#connection.unsubscribe(subscription);
  }

  #unsettledRow(entry) {
    const { headers, body } = entry.message;
    const button = (label, command) => element('button',
      { type: 'button', class: 'small', 'aria-label': `${label} ${headers['message-id']}`, click: () => this.#settle(entry, command) }, label);
    return element('li', {},
      element('div', { class: 'what' }, element('code', {}, body.slice(0, 80) || 'no body'),
        element('small', {}, `${headers.destination}, ${headers['message-id']}${headers.redelivered === 'true' ? ', redelivered' : ''}`)),
      button('Ack', 'ack'), button('Nack', 'nack'));
  }
}

function about({ id, ack, count, confirmed }) {
  const state = confirmed ? '' : ', not yet confirmed';
  return `${id}, ack ${ack}, ${count.toLocaleString()} ${count === 1 ? 'message' : 'messages'}${state}`;
}
