// SPDX-License-Identifier: Apache-2.0
//
// The checks that all clients for Node.js run, and what they need from a client: see "Session" and "run". Every check
// has connections and destinations of its own.

import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual, parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string' },
    'ws-url': { type: 'string' },
    login: { type: 'string' },
    passcode: { type: 'string' },
    vhost: { type: 'string' },
  },
});

/** What was given on the command line; `vhost` is undefined where the client is to send the host it likes. */
export const options = { ...values, wsUrl: values['ws-url'] };

const WAIT = 5_000;
const LARGE_WAIT = 15_000;
const UNICODE = 'é русский %41 "double" \'single\' 🐎 \u2028 end';

const topic = () => `/topic/node-${randomUUID()}`;
const queue = () => `/queue/node-${randomUUID()}`;

/**
 * A connection. A client's own session extends it with open, subscribe, send, ack, nack, begin, commit, abort,
 * unsubscribe and disconnect, where "headers" are further headers of the frame, and tells by `happened` what comes in:
 * CONNECTED, MESSAGE, RECEIPT and ERROR with {headers, body}, a heart-beat as BEAT, and CLOSED.
 */
export class Session {
  constructor() {
    this.inbox = [];
    this.waiting = new Set();
    this.beats = 0;
    this.closed = false;
  }

  happened(command, frame = { headers: {}, body: '' }) {
    if (command === 'BEAT') this.beats++;
    else if (command === 'CLOSED') this.closed = true;
    else this.inbox.push({ ...frame, command });
    for (const look of [...this.waiting]) look();
  }

  /** Waits until the condition holds; whether it did. */
  until(condition, wait = WAIT) {
    return new Promise((resolve) => {
      const done = (held) => {
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve(held);
      };
      const look = () => condition() && done(true);
      const timer = setTimeout(() => done(condition()), wait);
      this.waiting.add(look);
      look();
    });
  }

  /** The first frame of this command with these headers; an ERROR that nobody asked for ends the check. */
  async expect(command, headers = {}, wait = WAIT) {
    const matches = (frame) =>
      frame.command === command && Object.entries(headers).every(([name, value]) => frame.headers[name] === value);
    const error = (frame) => frame.command === 'ERROR' && command !== 'ERROR';
    await this.until(() => this.closed || this.inbox.some((frame) => matches(frame) || error(frame)), wait);
    const place = this.inbox.findIndex(matches);
    if (place >= 0) return this.inbox.splice(place, 1)[0];
    const failure = this.inbox.find(error);
    assert(!failure, `ERROR ${failure?.headers.message} ${failure?.body}`);
    const when = this.closed ? 'before the connection closed' : `within ${wait / 1000} s`;
    assert.fail(`no ${command} ${JSON.stringify(headers)} ${when}`);
  }

  message(wait) {
    return this.expect('MESSAGE', {}, wait);
  }

  /** Ends the connection; resolved when the server has taken back what was not acknowledged. */
  async close() {
    this.disconnect();
    assert(await this.until(() => this.closed), 'the connection is still open after DISCONNECT');
  }
}

function equal(actual, expected) {
  const short = (value) => String(JSON.stringify(value)).slice(0, 120);
  assert(isDeepStrictEqual(actual, expected), `expected ${short(expected)}, got ${short(actual)}`);
}

/** The checks, for a client that opens a session with `open(settings)`. */
function checksOf(client) {
  const open = async (settings) => {
    const session = client.open({ passcode: options.passcode, heartBeat: 0, ...settings });
    session.connected = await session.expect('CONNECTED');
    return session;
  };

  const versionIs = async (expected, settings) => {
    const [session, destination] = [await open(settings), queue()];
    equal(session.connected.headers.version ?? '1.0', expected);
    session.subscribe(destination, 'client');
    session.send(destination, expected);
    const message = await session.message();
    equal(message.body, expected);
    session.ack(message);
    await session.close();
  };

  const roundTrip = async (body, { wait, ...settings } = {}) => {
    const [session, destination] = [await open(settings), topic()];
    session.subscribe(destination, 'auto');
    session.send(destination, body);
    const message = await session.message(wait);
    const received = typeof body === 'string' ? message.body : Buffer.from(message.bytes);
    assert(received.length === body.length && (typeof body === 'string' ? received === body : received.equals(body)),
      `${body.length} characters or octets came back as ${received.length}: ${received.toString().slice(0, 60)}`);
    await session.close();
  };

  const headersComeBack = async (version, headers) => {
    const [session, destination] = [await open({ version }), topic()];
    session.subscribe(destination, 'auto');
    session.send(destination, 'x', headers);
    const received = (await session.message()).headers;
    for (const [name, value] of Object.entries(headers)) equal(received[name], value);
    await session.close();
  };

  const receipts = async () => {
    const [session, destination] = [await open(), queue()];
    const confirmed = async (name, act) => {
      const asks = client.receipts.includes(name);
      await act(asks ? { receipt: `r-${name}` } : {});
      if (asks) await session.expect('RECEIPT', { 'receipt-id': `r-${name}` });
    };
    await confirmed('SUBSCRIBE', (headers) => session.subscribe(destination, 'client', headers));
    await confirmed('SEND', (headers) => session.send(destination, 'one', headers));
    await confirmed('NACK', async (headers) => session.nack(await session.message(), headers));
    await confirmed('ACK', async (headers) => session.ack(await session.message(), headers));
    await confirmed('BEGIN', (headers) => session.begin('one', headers));
    await confirmed('COMMIT', (headers) => session.commit('one', headers));
    session.begin('two');
    await confirmed('ABORT', (headers) => session.abort('two', headers));
    await confirmed('UNSUBSCRIBE', (headers) => session.unsubscribe(headers));
    await session.close();
  };

  // Gets five messages, acknowledges those at the given places and ends the connection; then a second subscriber gets
  // what is expected to have come back, and after it nothing but what is sent now.
  const unacknowledgedComeBack = async (ack, acknowledged, expected) => {
    const [first, destination] = [await open(), queue()];
    first.subscribe(destination, ack);
    const messages = [];
    for (const body of ['1', '2', '3', '4', '5']) first.send(destination, body);
    while (messages.length < 5) messages.push(await first.message());
    equal(messages.map((message) => message.body), ['1', '2', '3', '4', '5']);
    for (const place of acknowledged) first.ack(messages[place - 1]);
    await first.close();

    const second = await open();
    second.subscribe(destination, 'client-individual');
    const rest = [];
    while (rest.length < expected.length) rest.push(await second.message());
    equal(rest.map((message) => message.body), expected);
    second.send(destination, 'sentinel');
    rest.push(await second.message());
    equal(rest.at(-1).body, 'sentinel');
    for (const message of rest) second.ack(message);
    await second.close();
  };

  const nack = async () => {
    for (const version of client.versions.filter((number) => number !== '1.0')) {
      const [session, destination] = [await open({ version }), queue()];
      session.subscribe(destination, 'client-individual');
      session.send(destination, 'again');
      session.nack(await session.message());
      const message = await session.message();
      equal([message.body, message.headers.redelivered], ['again', 'true']);
      session.ack(message);
      await session.close();
    }
  };

  // Two messages in a transaction and one outside, which must be the only one until the transaction ends.
  const transaction = async (end, expected) => {
    const [session, destination] = [await open(), topic()];
    session.subscribe(destination, 'auto');
    session.begin('tx');
    session.send(destination, 'in 1', { transaction: 'tx' });
    session.send(destination, 'in 2', { transaction: 'tx' });
    session.send(destination, 'out');
    equal((await session.message()).body, 'out');
    session[end]('tx');
    session.send(destination, 'after');
    for (const body of expected) equal((await session.message()).body, body);
    await session.close();
  };

  const wildcard = async () => {
    const [session, base] = [await open(), topic()];
    session.subscribe(`${base}.*`, 'auto');
    session.send(`${base}.a.b`, 'two segments');
    session.send(`${base}.a`, 'one segment');
    const message = await session.message();
    equal([message.body, message.headers.destination], ['one segment', `${base}.a`]);
    await session.close();
  };

  const heartBeat = async () => {
    const wanted = Number(process.env.HEARTBEAT_MS ?? 1000);
    const [session, destination] = [await open({ heartBeat: wanted }), topic()];
    const offered = session.connected.headers['heart-beat'].split(',').map(Number);
    assert(offered.every((interval) => interval > 0), 'the server offers no heart-beats');
    const idle = 3.3 * Math.max(wanted, ...offered);
    assert(!(await session.until(() => session.closed, idle)), 'closed while idle');
    if (client.countsBeats) assert(session.beats >= 3, `${session.beats} beats in ${idle} ms`);
    session.subscribe(destination, 'auto');
    session.send(destination, 'alive');
    equal((await session.message()).body, 'alive');
    await session.close();
  };

  const wrongPassword = async () => {
    const session = client.open({ passcode: `not ${options.passcode}`, heartBeat: 0 });
    await session.expect('ERROR');
    assert(await session.until(() => session.closed), 'the connection stays open after the ERROR');
    assert(!session.inbox.some((frame) => frame.command === 'CONNECTED'), 'connected with a wrong password');
  };

  const disconnect = async () => {
    const session = await open();
    session.disconnect();
    assert(await session.until(() => session.closed), 'still open');
    equal(session.inbox.filter((frame) => frame.command !== 'RECEIPT'), []);
    if (client.seesLastReceipt) equal(session.inbox.length, 1);
  };

  const versions = ['1.0', '1.1', '1.2'].map((version) => [`version-${version}`, () => versionIs(version, { version })]);
  return Object.fromEntries([
    ...versions,
    ['version-highest', () => versionIs(client.versions.at(-1))],
    ['text', () => roundTrip('hello, world')],
    ['unicode-body', () => roundTrip(UNICODE)],
    ['binary-body', () => roundTrip(Buffer.from([...Array(1024).keys()].map((octet) => octet % 256)))],
    ['binary-ws-frames', () => roundTrip(UNICODE, { binaryFrames: true })],
    ['large-body', () => roundTrip('0123456789abcdef'.repeat(65_536), { wait: LARGE_WAIT })],
    ['split-large-body', () => roundTrip('0123456789abcdef'.repeat(65_536), { wait: LARGE_WAIT, splitFrames: true })],
    ['unicode-header', async () => {
      for (const version of client.versions) await headersComeBack(version, { 'x-имя': 'é русский %41 🐎' });
    }],
    ['escaped-header', async () => {
      for (const [version, headers] of Object.entries(client.escaped)) await headersComeBack(version, headers);
    }],
    ['receipts', receipts],
    ['ack-auto', () => unacknowledgedComeBack('auto', [], [])],
    ['ack-client', () => unacknowledgedComeBack('client', [3], ['4', '5'])],
    ['ack-client-individual', () => unacknowledgedComeBack('client-individual', [2, 4], ['1', '3', '5'])],
    ['nack', nack],
    ['transaction-commit', () => transaction('commit', ['in 1', 'in 2', 'after'])],
    ['transaction-abort', () => transaction('abort', ['after'])],
    ['wildcard', wildcard],
    ['heart-beat', heartBeat],
    ['wrong-password', wrongPassword],
    ['disconnect', disconnect],
  ]);
}

/**
 * Runs all checks and ends the process. A client is
 * `{name, version, versions, receipts, escaped, countsBeats, seesLastReceipt, cannot, open(settings)}`: the versions it
 * speaks, the commands that it can ask a receipt for, by version the headers it escapes, why it cannot do a check, and
 * how it opens a session with `{version, passcode, heartBeat, binaryFrames, splitFrames}`.
 */
export async function run(client) {
  const count = { ok: 0, FAILED: 0, 'n/a': 0 };
  const report = (outcome, name, why) => {
    count[outcome]++;
    console.log(`${outcome} ${name}${why ? `: ${why.replace(/\s+/g, ' ').trim()}` : ''}`);
  };
  for (const [name, check] of Object.entries(checksOf(client))) {
    if (client.cannot[name]) {
      report('n/a', name, client.cannot[name]);
      continue;
    }
    await check().then(() => report('ok', name), (why) => report('FAILED', name, why.message));
  }
  console.log(`${client.name} ${client.version}: ${count.ok} passed, ${count.FAILED} failed, ${count['n/a']} n/a`);
  process.exit(count.FAILED ? 1 : 0);
}
