// SPDX-License-Identifier: Apache-2.0
//
// The page's one connection. It reconnects by itself, and subscriptions outlive the sockets they are made over.

import { Client, ReconnectionTimeMode } from '../lib/stompjs/index.js';
import { diagnose, whenBlocked } from './diagnosis.js';
import { tap } from './tap.js';
import { nameOf, open } from './transports.js';

// A browser wakes a hidden page once a minute; a heart-beat promised more often would be late, and the server would hang up.
const BEAT_OUT_MILLIS = 45_000;
const BEAT_IN_MILLIS = 10_000;
const CONNECT_MILLIS = 8_000;
const FIRST_DELAY_MILLIS = 1_000;
const LONGEST_DELAY_MILLIS = 15_000;

/**
 * Events: `state` when `state`, `facts` or `attempt` have changed; `subscriptions` when one has come, gone or been
 * confirmed; `frame` with a Sighting as detail, `beat` with a direction, `octets` with [direction, count]; `trouble`
 * with {kind, text}, where kind is 'login', 'error', 'refused' or 'lost'; `fine` when it is connected
 * and has subscribed again.
 */
export class Connection extends EventTarget {
  /** 'idle', 'connecting', 'connected', 'waiting' (to connect again) or 'closing'. */
  state = 'idle';
  /** How often it has tried since it was connected last. */
  attempt = 0;
  /** What CONNECTED said, with the transport; null unless connected. */
  facts = null;
  /** By id, in the order they were made. */
  subscriptions = new Map();

  #client = null;
  #socket = null;
  #subscriptionCount = 0;
  #receiptCount = 0;
  #refused = false;

  constructor() {
    super();
    whenBlocked((text) => {
      if (this.state === 'connecting' || this.state === 'waiting') this.#giveUp('lost', text);
    });
  }

  /**
   * Begins to connect, and goes on trying until `disconnect`.
   *
   * @param {{url: string, transport: string, login: string, passcode: string}} settings what the form says
   */
  connect(settings) {
    this.#client?.deactivate();
    this.#refused = false;
    this.attempt = 0;
    const client = new Client({
      webSocketFactory: () => this.#openSocket(client, settings),
      connectHeaders: {
        host: new URL(settings.url).hostname,
        ...(settings.login && { login: settings.login, passcode: settings.passcode }),
      },
      heartbeatOutgoing: BEAT_OUT_MILLIS,
      heartbeatIncoming: BEAT_IN_MILLIS,
      connectionTimeout: CONNECT_MILLIS,
      reconnectDelay: FIRST_DELAY_MILLIS,
      maxReconnectDelay: LONGEST_DELAY_MILLIS,
      reconnectTimeMode: ReconnectionTimeMode.EXPONENTIAL,
      onConnect: (frame) => this.#ours(client) && this.#connected(frame, settings),
      onStompError: (frame) => this.#ours(client) && this.#error(frame),
      onWebSocketClose: (event) => this.#ours(client) && this.#closed(event, settings),
    });
    this.#client = client;
    client.activate();
  }

  /** Says DISCONNECT, waits for its receipt, and stays away. */
  async disconnect() {
    const client = this.#client;
    if (!client) return;
    this.#became('closing');
    await client.deactivate();
    if (this.#ours(client)) this.#became('idle');
  }

  /**
   * Subscribes, now if connected, and again whenever it is connected anew.
   *
   * @param {string} destination a destination or a pattern
   * @param {{ack?: string, headers?: Object<string, string>, owner: string}} options owner: which part of the page asks
   * @param {function(object, object)} onMessage gets the message of @stomp/stompjs, and the subscription
   */
  subscribe(destination, { ack = 'auto', headers = {}, owner }, onMessage) {
    const subscription = { id: `sub-${this.#subscriptionCount++}`, destination, ack, headers, owner, onMessage, confirmed: false, count: 0 };
    this.subscriptions.set(subscription.id, subscription);
    if (this.state === 'connected') this.#start(subscription);
    this.#happened('subscriptions');
    return subscription;
  }

  /** Ends a subscription; nothing happens if it has ended. */
  unsubscribe(subscription) {
    if (!this.subscriptions.delete(subscription.id)) return;
    if (this.state === 'connected') this.#client.unsubscribe(subscription.id);
    this.#happened('subscriptions');
  }

  /** Sends a message; connected only. */
  send(destination, body, headers = {}) {
    this.#client.publish({ destination, body, headers });
  }

  /** Calls back when the receipt comes for the frame that is sent with the returned header. */
  receipt(onReceipt) {
    const receipt = `receipt-${this.#receiptCount++}`;
    this.#client.watchForReceipt(receipt, onReceipt);
    return { receipt };
  }

  #ours(client) {
    return client === this.#client;
  }

  #openSocket(client, settings) {
    this.#socket = open(settings);
    const tell = (name, detail) => this.#ours(client) && this.#happened(name, detail);
    tap(this.#socket, {
      frame: (sighting) => tell('frame', sighting),
      beat: (direction) => tell('beat', direction),
      octets: (direction, count) => tell('octets', [direction, count]),
    });
    this.attempt++;
    this.#became('connecting');
    return this.#socket;
  }

  #connected({ headers }, settings) {
    this.attempt = 0;
    this.facts = {
      transport: nameOf(this.#socket, settings.transport),
      version: headers.version ?? '1.0',
      session: headers.session ?? '',
      server: headers.server ?? '',
      beats: this.#agreed(headers['heart-beat'] ?? '0,0'),
    };
    this.#became('connected');
    for (const subscription of this.subscriptions.values()) this.#start(subscription);
    this.#happened('fine');
  }

  /** How often each side beats: never if one of them does not want it, else as often as the slower of them says. */
  #agreed(header) {
    const [offered, wanted] = header.split(',').map(Number);
    const slower = (one, other) => (one && other ? Math.max(one, other) : 0);
    return { in: slower(offered, BEAT_IN_MILLIS), out: slower(wanted, BEAT_OUT_MILLIS) };
  }

  #start(subscription) {
    const { id, destination, ack, headers } = subscription;
    subscription.confirmed = false;
    const receipt = this.receipt(() => {
      subscription.confirmed = true;
      this.#happened('subscriptions');
    });
    subscription.receipt = receipt.receipt;
    const received = (message) => {
      subscription.count++;
      subscription.onMessage(message, subscription);
    };
    this.#client.subscribe(destination, received, { ...headers, id, ack, ...receipt });
  }

  // After an ERROR the server closes the connection. What it refused is not asked again, or it would go on for ever.
  #error({ headers, body }) {
    const text = [headers.message, body.split('\n')[0]].filter(Boolean).join('. ');
    if (this.state !== 'connected') {
      this.#giveUp('login', `The server refused the connection: ${text}. Check login and passcode.`);
      return;
    }
    const refused = [...this.subscriptions.values()].find((one) => one.receipt === headers['receipt-id'] && !one.confirmed);
    if (refused) {
      this.subscriptions.delete(refused.id);
      this.#happened('subscriptions');
      this.#happened('trouble', { kind: 'refused', text: `The server refused to subscribe to ${refused.destination}: ${text}` });
    } else {
      this.#happened('trouble', { kind: 'error', text: `The server ended the connection with an ERROR: ${text}` });
    }
  }

  /** Trying again would lead to the same end. */
  #giveUp(kind, text) {
    this.#refused = true;
    this.#client.deactivate({ force: true });
    this.#became('idle');
    this.#happened('trouble', { kind, text });
  }

  async #closed(event, settings) {
    const wasConnected = this.facts !== null;
    this.facts = null;
    for (const subscription of this.subscriptions.values()) subscription.confirmed = false;
    this.#happened('subscriptions');
    if (!this.#client.active) return this.#became('idle');
    this.#became('waiting');
    const text = await diagnose(settings, wasConnected, event);
    const stillTrue = this.state === 'waiting' || this.state === 'connecting';
    if (stillTrue && !this.#refused) this.#happened('trouble', { kind: 'lost', text });
  }

  #became(state) {
    this.state = state;
    if (state !== 'connected') this.facts = null;
    this.#happened('state');
  }

  #happened(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
