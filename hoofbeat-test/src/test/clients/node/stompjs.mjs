#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
//
// @stomp/stompjs 7 over WebSocket.

import { createRequire } from 'node:module';
import { Client, Versions } from '@stomp/stompjs';
import WebSocket from 'ws';
import { Session, options, run } from './checks.mjs';

Object.assign(globalThis, { WebSocket });

class StompJs extends Session {
  constructor({ version, passcode, heartBeat, binaryFrames, splitFrames }) {
    super();
    const { login, vhost } = options;
    this.client = new Client({
      brokerURL: options.wsUrl,
      connectHeaders: { login, passcode, ...(vhost && { host: vhost }) },
      reconnectDelay: 0,
      heartbeatOutgoing: heartBeat,
      heartbeatIncoming: heartBeat,
      forceBinaryWSFrames: binaryFrames ?? false,
      splitLargeFrames: splitFrames ?? false,
      onConnect: (frame) => this.happened('CONNECTED', frame),
      onStompError: (frame) => this.happened('ERROR', frame),
      onWebSocketClose: () => this.happened('CLOSED'),
      onUnhandledReceipt: (frame) => this.happened('RECEIPT', frame),
      onHeartbeatReceived: () => this.happened('BEAT'),
    });
    if (version) this.client.stompVersions = new Versions([version]);
    this.client.onDisconnect = (frame) => this.happened('RECEIPT', frame);
    this.client.activate();
  }

  subscribe(destination, ack, headers) {
    this.subscription = this.client.subscribe(destination, (message) => this.received(message), { ack, ...headers });
  }

  received(message) {
    const { headers, isBinaryBody, binaryBody } = message;
    const text = isBinaryBody && binaryBody.includes(0) ? '' : message.body;
    this.happened('MESSAGE', { headers, body: text, bytes: message.binaryBody, message });
  }

  send(destination, body, headers) {
    const content = typeof body === 'string' ? { body } : { binaryBody: new Uint8Array(body) };
    this.client.publish({ destination, headers, ...content });
  }

  ack({ message }, headers) { message.ack(headers); }
  nack({ message }, headers) { message.nack(headers); }
  begin(name) { this.transaction = this.client.begin(name); }
  commit() { this.transaction.commit(); }
  abort() { this.transaction.abort(); }
  unsubscribe(headers) { this.subscription.unsubscribe(headers); }
  disconnect() { this.client.deactivate(); }
}

await run({
  name: '@stomp/stompjs',
  version: createRequire(import.meta.url)('./node_modules/@stomp/stompjs/package.json').version,
  versions: ['1.0', '1.1', '1.2'],
  receipts: ['SUBSCRIBE', 'SEND', 'NACK', 'ACK', 'UNSUBSCRIBE'],
  // It escapes values only, and only in 1.2. What it gets it unescapes by one replacement after the other, so that a
  // backslash before an n, an r or a c does not come back.
  escaped: { 1.2: { 'x-odd': 'a:b \\ c\nd\r e' } },
  countsBeats: true,
  seesLastReceipt: true,
  cannot: {},
  open: (settings) => new StompJs(settings),
});
