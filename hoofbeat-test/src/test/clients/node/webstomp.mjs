#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
//
// webstomp-client 1.2 over WebSocket.

import { createRequire } from 'node:module';
import webstomp from 'webstomp-client';
import WebSocket from 'ws';
import { Session, options, run } from './checks.mjs';

Object.assign(globalThis, { WebSocket });

class Webstomp extends Session {
  constructor({ version, passcode, heartBeat, binaryFrames }) {
    super();
    const { login, vhost } = options;
    this.client = webstomp.client(options.wsUrl, {
      debug: false,
      binary: binaryFrames ?? false,
      heartbeat: heartBeat ? { outgoing: heartBeat, incoming: heartBeat } : false,
      // By default it offers all versions, the lowest first, and speaks the one that the server takes.
      ...(version && { protocols: [`v${version.replace('.', '')}.stomp`] }),
    });
    this.client.debug = (line) => line === '<<< PONG' && this.happened('BEAT');
    this.client.onreceipt = (frame) => this.happened('RECEIPT', frame);
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

  send(destination, body, headers) { this.client.send(destination, body, headers); }
  ack({ message }, headers) { message.ack(headers); }
  nack({ message }, headers) { message.nack(headers); }
  begin(name) { this.client.begin(name); }
  commit(name) { this.client.commit(name); }
  abort(name) { this.client.abort(name); }
  unsubscribe(headers) { this.subscription.unsubscribe(headers); }
  disconnect() { this.client.disconnect(undefined, { receipt: 'bye' }); }
}

await run({
  name: 'webstomp-client',
  version: createRequire(import.meta.url)('webstomp-client/package.json').version,
  versions: ['1.0', '1.1', '1.2'],
  receipts: ['SUBSCRIBE', 'SEND', 'NACK', 'ACK', 'UNSUBSCRIBE'],
  escaped: {},
  countsBeats: true,
  seesLastReceipt: false, // it closes the WebSocket without waiting for it
  cannot: {
    'binary-body': 'it sends strings only and cuts frames at NUL before it looks at content-length',
    'split-large-body': 'it always cuts frames into messages of 16 Ki characters; see large-body',
    'escaped-header': 'it neither escapes nor unescapes, whatever the version',
  },
  open: (settings) => new Webstomp(settings),
});
