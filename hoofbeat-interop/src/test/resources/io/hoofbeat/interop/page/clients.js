// SPDX-License-Identifier: Apache-2.0
// Three STOMP libraries behind one face: what differs between them is here, and nothing else.
import { Client } from './lib/@stomp/stompjs/esm6/index.js';

/**
 * What carries STOMP: the browser's own WebSocket, or SockJS with the transports that are named and no others.
 *
 * @param {string} url of the endpoint, http(s)
 * @param {string} transport "native", or as SockJS calls it; several with commas between them
 */
export function socket(url, transport) {
  return transport === 'native'
    ? new WebSocket(url.replace(/^http/, 'ws'))
    : new SockJS(url, null, { transports: transport.split(',') });
}

/** @stomp/stompjs 7: connects again by itself. */
class StompJs {
  constructor(open) {
    this.client = new Client({
      webSocketFactory: open, reconnectDelay: 300, connectionTimeout: 10000, discardWebsocketOnCommFailure: true });
    this.receipts = 0;
  }

  connect(connected, lost) {
    this.client.onConnect = (frame) => connected(frame.headers);
    this.client.onStompError = (frame) => lost('ERROR ' + frame.headers.message);
    this.client.onWebSocketClose = (event) => lost('closed ' + event.code + ' ' + event.reason);
    this.client.activate();
  }

  again() {}

  subscribe(destination, id, take) {
    this.client.subscribe(destination, (message) => take(message.body, message.headers), { id });
  }

  unsubscribe(id, receipt) {
    return this.confirmed((header) => this.client.unsubscribe(id, header), receipt);
  }

  send(destination, body, receipt) {
    return this.confirmed((headers) => this.client.publish({ destination, body, headers }), receipt);
  }

  confirmed(act, receipt) {
    return new Promise((done) => {
      this.client.watchForReceipt(receipt, done);
      act({ receipt });
    });
  }

  disconnect() {
    return this.client.deactivate();
  }
}

/** webstomp-client 1.2 and stomp.js 2.3, which have the same way of doing things. */
class Older {
  constructor(open, over) {
    this.open = open;
    this.over = over;
    this.waiting = new Map();
  }

  connect(connected, lost) {
    this.connected = connected;
    this.lost = lost;
    this.again();
  }

  again() {
    this.client = this.over(this.open());
    this.client.debug = () => {};
    this.client.onreceipt = (frame) => this.waiting.get(frame.headers['receipt-id'])?.();
    this.client.connect({ login: 'guest', passcode: 'guest' },
      (frame) => this.connected(frame.headers),
      (problem) => this.lost(String(problem.headers ? 'ERROR ' + problem.headers.message : problem.reason ?? problem)));
  }

  subscribe(destination, id, take) {
    this.client.subscribe(destination, (message) => take(message.body, message.headers), { id });
  }

  unsubscribe(id, receipt) {
    this.client.unsubscribe(id);
    return this.send('/topic/nobody', '', receipt);
  }

  send(destination, body, receipt) {
    return new Promise((done) => {
      this.waiting.set(receipt, done);
      this.client.send(destination, ...this.arguments(body, { receipt }));
    });
  }

  disconnect() {
    return new Promise((done) => this.client.disconnect(done));
  }
}

class WebStomp extends Older {
  constructor(open) {
    super(open, (socket) => webstomp.over(socket, { heartbeat: false, debug: false }));
  }

  arguments(body, headers) {
    return [body, headers];
  }
}

class StompJs2 extends Older {
  constructor(open) {
    super(open, (socket) => Stomp.over(socket));
  }

  arguments(body, headers) {
    return [headers, body];
  }
}

export const clients = { 'stompjs 7': StompJs, 'webstomp 1.2': WebStomp, 'stomp.js 2.3': StompJs2 };
