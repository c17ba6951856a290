#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
//
// stomp.js 2.3, the client that the oldest pages use, over WebSocket.

import { createRequire } from 'node:module';
import Stomp from 'stompjs';
import WebSocket from 'ws';
import { Session, options, run } from './checks.mjs';

Stomp.WebSocketClass = WebSocket;
const offered = Stomp.VERSIONS.supportedVersions;

class StompJs2 extends Session {
  constructor({ version, passcode, heartBeat }) {
    super();
    const { login, vhost } = options;
    const protocols = version && [`v${version.replace('.', '')}.stomp`];
    this.client = Stomp.client(options.wsUrl, protocols);
    this.client.heartbeat = { outgoing: heartBeat, incoming: heartBeat };
    this.client.debug = (line) => line === '<<< PONG' && this.happened('BEAT');
    this.client.onreceipt = (frame) => this.happened('RECEIPT', frame);
    this.client.ws.addEventListener('open', () => {
      // It has no setting for the versions, and asks for them when the WebSocket is open.
      Stomp.VERSIONS.supportedVersions = () => version ?? offered();
    });
    this.client.ws.addEventListener('close', () => this.happened('CLOSED'));
    this.client.ws.addEventListener('error', () => this.happened('CLOSED'));
    const failed = (frame) => frame.command === 'ERROR' && this.happened('ERROR', frame);
    const headers = { login, passcode, ...(vhost && { host: vhost }) };
    this.client.connect(headers, (frame) => this.happened('CONNECTED', frame), failed);
  }

  subscribe(destination, ack, headers) {
    const received = (message) => this.happened('MESSAGE', { headers: message.headers, body: message.body, message });
    this.subscription = this.client.subscribe(destination, received, { ack, ...headers });
  }

  send(destination, body, headers) { this.client.send(destination, { ...headers }, body); }
  ack({ message }, headers) { message.ack(headers); }
  nack({ message }, headers) { message.nack(headers); }
  begin(name) { this.client.begin(name); }
  commit(name) { this.client.commit(name); }
  abort(name) { this.client.abort(name); }
  unsubscribe() { this.subscription.unsubscribe(); }
  disconnect() { this.client.disconnect(undefined, { receipt: 'bye' }); }
}

await run({
  name: 'stomp.js',
  version: createRequire(import.meta.url)('stompjs/package.json').version,
  versions: ['1.0', '1.1'],
  receipts: ['SUBSCRIBE', 'SEND', 'NACK', 'ACK'],
  escaped: {},
  countsBeats: true,
  seesLastReceipt: false, // it closes the WebSocket without waiting for it
  cannot: {
    'version-1.2': 'it does not speak 1.2',
    'binary-body': 'it sends strings only and cuts frames at NUL before it looks at content-length',
    'binary-ws-frames': 'it sends text messages only',
    'split-large-body': 'it always cuts frames into messages of 16 Ki characters; see large-body',
    'escaped-header': 'it neither escapes nor unescapes, whatever the version',
  },
  open: (settings) => new StompJs2(settings),
});
