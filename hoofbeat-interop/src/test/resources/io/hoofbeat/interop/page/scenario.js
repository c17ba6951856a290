// SPDX-License-Identifier: Apache-2.0
// What every client has to be able to do over every transport. The test calls window.scenario.* and gets what happened.
import { clients, socket } from './clients.js';

const TEXTS = {
  'percent': '100% %41 %80 %2541 %25',
  'emoji': '😀 👩‍👩‍👧 é ß 中文',
  'quotes': `"'\\ a["x"] \\u0041 \\n`,
  'line separators': 'a\u2028b\u2029c\u0085d',
  'line ends': 'a\nb\r\nc\td',
  'controls': '\u0001\u0008\u000b\u001f\u007f\u200b\u200f\u202e\u2060\ufeff\ufff0\uffff',
  'markup': '</script><b>&amp;</b>',
  'empty': '',
};

const LARGE = ('0123456789abcdé😀"\\\n').repeat(262144 / 20 + 1).slice(0, 262144);

/** Everything between two servers' lives: the scene that is on, if any. */
let scene;

function within(millis, what, promise) {
  let timer;
  const late = new Promise((_, fail) => { timer = setTimeout(() => fail(new Error('nothing in time: ' + what)), millis); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

class Scene {
  constructor(url, transport, client) {
    this.name = Math.random().toString(36).slice(2);
    this.topic = '/topic/' + this.name;
    this.taken = [];
    this.losses = [];
    this.receipts = 0;
    this.client = new clients[client](() => socket(url, transport));
    this.reset();
  }

  reset() {
    this.opened = new Promise((done) => { this.open = done; });
  }

  connect() {
    this.client.connect((headers) => this.open(headers), (why) => {
      this.losses.push(why);
      this.lost?.(why);
    });
    return within(15000, 'CONNECTED; ' + this.losses, this.opened);
  }

  subscribe(id) {
    this.client.subscribe(this.topic, id, (body) => {
      this.taken.push(body);
      this.arrived?.();
    });
  }

  async send(body) {
    await within(15000, 'RECEIPT', this.client.send(this.topic, body, 'r' + ++this.receipts));
  }

  /** Waits until so many have come. */
  take(count) {
    const all = new Promise((done) => {
      this.arrived = () => { if (this.taken.length >= count) done(); };
      this.arrived();
    });
    return within(15000, count + ' messages, have ' + this.taken.length, all);
  }
}

async function steps(url, transport, client) {
  const passed = [];
  scene = new Scene(url, transport, client);
  const headers = await scene.connect();
  passed.push('connect ' + headers.version);
  scene.subscribe('one');
  for (const [name, text] of Object.entries(TEXTS)) {
    scene.taken.length = 0;
    await scene.send(text);
    await scene.take(1);
    if (scene.taken[0] !== text) throw new Error(name + ': sent ' + JSON.stringify(text) + ', came ' + JSON.stringify(scene.taken[0]));
    passed.push(name);
  }
  scene.taken.length = 0;
  await scene.send(LARGE);
  await scene.take(1);
  if (scene.taken[0] !== LARGE) throw new Error('256 KiB came as ' + scene.taken[0].length);
  passed.push('256 KiB');
  scene.taken.length = 0;
  await Promise.all(Array.from({ length: 100 }, (_, i) => scene.send('n' + i)));
  await scene.take(100);
  if (scene.taken.some((body, i) => body !== 'n' + i)) throw new Error('order: ' + scene.taken);
  passed.push('100 receipts, in order');
  await within(15000, 'RECEIPT of UNSUBSCRIBE', scene.client.unsubscribe('one', 'gone'));
  scene.taken.length = 0;
  await scene.send('nobody hears this');
  scene.subscribe('two');
  await scene.send('heard');
  await scene.take(1);
  if (scene.taken.join() !== 'heard') throw new Error('after UNSUBSCRIBE came ' + scene.taken);
  passed.push('unsubscribe');
  return passed;
}

window.scenario = {
  /** Connect, subscribe, send and receive, receipts, unsubscribe. The connection stays. */
  run: (url, transport, client) => steps(url, transport, client),

  /** To be called before the server goes. */
  expectLoss: () => {
    scene.gone = new Promise((done) => { scene.lost = done; });
    scene.reset();
  },

  /** The server has gone and has come again: the loss was told, and a client can connect anew. */
  reconnect: async () => {
    const why = await within(30000, 'the loss', scene.gone);
    for (let tries = 0; ; tries++) {
      try {
        scene.client.again();
        await within(3000, 'CONNECTED', scene.opened);
        break;
      } catch (problem) {
        if (tries === 8) throw problem;
      }
    }
    scene.taken.length = 0;
    scene.subscribe('three');
    await scene.send('again');
    await scene.take(1);
    return why;
  },

  disconnect: () => within(10000, 'the end', scene.client.disconnect()),

  /** Only whether a connection comes about. */
  connect: async (url, transport, client) => {
    scene = new Scene(url, transport, client);
    const refused = new Promise((done) => { scene.lost = done; });
    const answer = await Promise.race([scene.connect().then(() => 'connected'), refused]);
    scene.client.disconnect().catch(() => {});
    return answer;
  },
};
