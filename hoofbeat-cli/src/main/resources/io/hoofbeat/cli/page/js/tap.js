// SPDX-License-Identifier: Apache-2.0
//
// A second look at what passes through a socket: frames as they are on the wire, in both directions.

import { Parser } from '../lib/stompjs/index.js';

const encoder = new TextEncoder();
const PREVIEW = 120;
const DUMP = 512;

/** A frame that has passed; everything for people is made only when somebody looks. */
export class Sighting {
  /**
   * @param {'in'|'out'} direction whether the server sent it or the page
   * @param {{command: string, headers: string[][], binaryBody: Uint8Array}} raw as the parser found it
   */
  constructor(direction, raw) {
    this.direction = direction;
    this.time = new Date();
    this.command = raw.command;
    this.headers = raw.headers.map((header) => [...header]);
    this.body = raw.binaryBody;
  }

  /** The first header of that name, or undefined. */
  header(name) {
    return this.headers.find((header) => header[0] === name)?.[1];
  }

  /** Where it goes or comes from, or what it is about. */
  subject() {
    const names = { CONNECTED: 'version', RECEIPT: 'receipt-id', ERROR: 'message', CONNECT: 'accept-version' };
    const name = names[this.command] ?? 'destination';
    return this.header(name) ?? this.header('id') ?? this.header('message-id') ?? this.header('receipt') ?? '';
  }

  /** The body as text, or as octets in hexadecimal if it is none. */
  text() {
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(this.body);
      if (!text.includes('\0')) return text;
    } catch {
      // Not UTF-8, so it is shown as what it is.
    }
    const octets = [...this.body.subarray(0, DUMP)].map((octet) => octet.toString(16).padStart(2, '0')).join(' ');
    return this.body.length > DUMP ? `${octets} … ${this.body.length} octets in all` : octets;
  }

  /** The beginning of the body, on one line. */
  preview() {
    const text = this.body.length > 4 * PREVIEW ? new TextDecoder().decode(this.body.subarray(0, 4 * PREVIEW)) : this.text();
    return text.replace(/\s+/g, ' ').slice(0, PREVIEW);
  }

  /** The command and the headers as they were on the wire; a passcode is nobody's business. */
  head() {
    const lines = this.headers.map(([name, value]) => `${name}:${name === 'passcode' ? '••••••' : value}`);
    return [this.command, ...lines].join('\n');
  }
}

/**
 * Looks at a socket from now on.
 *
 * @param {WebSocket} socket not yet open
 * @param {{frame: function(Sighting), beat: function('in'|'out'), octets: function('in'|'out', number)}} seen is told
 */
export function tap(socket, seen) {
  const watch = (direction) => {
    const parser = new Parser((raw) => seen.frame(new Sighting(direction, raw)), () => seen.beat(direction));
    return (data) => {
      const chunk = typeof data === 'string' ? encoder.encode(data) : data;
      seen.octets(direction, chunk.byteLength);
      parser.parseChunk(chunk);
    };
  };
  const [incoming, outgoing] = [watch('in'), watch('out')];
  const send = socket.send.bind(socket);
  socket.send = (data) => {
    outgoing(data);
    send(data);
  };
  socket.addEventListener('message', (event) => incoming(event.data));
}
