#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
//
// stompit over TCP.

import { createRequire } from 'node:module';
import stompit from 'stompit';
import { Session, options, run } from './checks.mjs';

// An ERROR with a text/plain body, which stompit 1.0 reads to its end, it then throws where nobody can catch it.
let newest;
process.on('uncaughtException', (error) => {
  if (!error.isApplicationError?.()) throw error;
  newest.failed(error);
});

class Stompit extends Session {
  constructor({ version, passcode, heartBeat }) {
    super();
    const { host, port, login, vhost } = options;
    const connectHeaders = {
      login,
      passcode,
      'heart-beat': `${heartBeat},${heartBeat}`,
      ...(vhost && { host: vhost }),
      ...(version && { 'accept-version': version }),
    };
    const connected = (error, client) => !error && this.happened('CONNECTED', client);
    this.client = stompit.connect({ host, port, connectHeaders }, connected);
    this.client.on('error', (error) => this.failed(error));
    newest = this;
    const socket = this.client.getTransportSocket();
    socket.on('close', () => this.happened('CLOSED'));
    // The client has no event for a beat.
    socket.on('data', (data) => data.length === 1 && data[0] === 10 && this.happened('BEAT'));
  }

  failed(error) {
    const { message, longMessage: body } = error;
    if (error.isApplicationError?.()) this.happened('ERROR', { headers: { message }, body });
  }

  /** The client makes the receipt's id itself, and tells by a callback. */
  told({ receipt } = {}) {
    return receipt && { onReceipt: () => this.happened('RECEIPT', { headers: { 'receipt-id': receipt } }) };
  }

  subscribe(destination, ack) {
    const received = (error, message) => {
      if (error) return;
      const chunks = [];
      message.on('data', (chunk) => chunks.push(chunk));
      message.on('end', () => {
        const bytes = Buffer.concat(chunks);
        this.happened('MESSAGE', { headers: message.headers, body: bytes.toString(), bytes, message });
      });
    };
    this.subscription = this.client.subscribe({ destination, ack }, received);
  }

  send(destination, body, headers = {}) {
    const { receipt, ...rest } = headers;
    const octets = Buffer.from(body);
    const frame = this.client.send({ destination, 'content-length': octets.length, ...rest }, this.told(headers));
    frame.end(octets);
  }

  ack({ message }, headers) { this.client.ack(message, {}, this.told(headers)); }
  nack({ message }, headers) { this.client.nack(message, {}, this.told(headers)); }
  begin(name) { this.transaction = this.client.begin({ transaction: name }); }
  commit(name, headers) { this.transaction.commit(this.told(headers)); }
  abort(name, headers) { this.transaction.abort(this.told(headers)); }
  unsubscribe() { this.subscription.unsubscribe(); }

  disconnect() {
    this.client.disconnect((error) => !error && this.happened('RECEIPT'));
  }
}

await run({
  name: 'stompit',
  version: createRequire(import.meta.url)('stompit/package.json').version,
  versions: ['1.0', '1.1', '1.2'],
  receipts: ['SEND', 'NACK', 'ACK', 'COMMIT', 'ABORT'],
  escaped: {
    1.1: { 'x-odd': 'a:b \\ c\nd \\n e', 'x:name': '1' },
    1.2: { 'x-odd': 'a:b \\ c\nd \\n e\r f', 'x:name': '1' },
  },
  countsBeats: true,
  seesLastReceipt: true,
  cannot: {
    'binary-ws-frames': 'it speaks TCP',
    'split-large-body': 'it speaks TCP',
  },
  open: (settings) => new Stompit(settings),
});
