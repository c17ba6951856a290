#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
//
// Drives the page of "hoofbeat up" in Chromium, as a visitor would, and looks at what it shows.
//
//   page.mjs --url http://127.0.0.1:8080/ [--login L --passcode P] [--transports websocket,sockjs:,...]
//            [--browser /usr/bin/chromium] [--pictures DIRECTORY]
//
// With a login the server must want one, and let that user send and subscribe below /topic, /queue and /app, and nowhere
// else; the checks then begin by being refused without it. --pictures saves what docs/images has, and checks nothing. Every check has pages of its own, and comes to the server through a proxy in this
// process, which can cut the connection; an error on the browser's console fails the check that did not expect it.

import { strict as assert } from 'node:assert';
import { mkdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values: options } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:8080/' },
    login: { type: 'string' },
    passcode: { type: 'string' },
    transports: { type: 'string', default: 'websocket,sockjs:,sockjs:websocket,sockjs:xhr-streaming,sockjs:eventsource,sockjs:xhr-polling' },
    browser: { type: 'string', default: '/usr/bin/chromium' },
    pictures: { type: 'string' },
  },
});
const VIEWS = ['greeting', 'chat', 'ticker', 'explorer'];
const WAIT = 15_000;

/** Stands between the browser and the server, so that the server can be gone for a while. */
class Proxy {
  #target = new URL(options.url);
  #sockets = new Set();
  #port = 0;

  async open() {
    this.server = createServer((near) => {
      const far = connect(Number(this.#target.port || 80), this.#target.hostname);
      for (const [one, other] of [[near, far], [far, near]]) {
        this.#sockets.add(one);
        one.pipe(other);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
    });
    await new Promise((resolve) => this.server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = this.server.address().port;
  }

  async close() {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  url(view) {
    return `http://127.0.0.1:${this.#port}/#${view}`;
  }
}

/** A browser's window with its own storage, and what its console complained of. */
class Visitor {
  complaints = [];

  static async come(browser, settings = {}) {
    const visitor = new Visitor();
    visitor.proxy = new Proxy();
    await visitor.proxy.open();
    visitor.context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...settings });
    visitor.context.setDefaultTimeout(WAIT);
    return visitor;
  }

  /** A new tab at a view, connected. */
  async tab(view) {
    const page = await this.context.newPage();
    page.on('pageerror', (error) => this.complaints.push(String(error.stack)));
    page.on('console', (message) => message.type() === 'error' && this.complaints.push(message.text()));
    await page.goto(this.proxy.url(view));
    if (options.login) await this.logIn(page);
    await state(page, 'connected');
    return page;
  }

  async logIn(page) {
    await says(page, /refused the connection/);
    await page.fill('[name=login]', options.login);
    await page.fill('[name=passcode]', options.passcode);
    await page.click('#connection-form button');
  }

  async leave() {
    await this.context.close();
    await this.proxy.close();
  }
}

const state = (page, wanted) => page.waitForSelector(`html[data-connection="${wanted}"]`);
const says = (page, text) => page.locator('#notices .notice', { hasText: text }).waitFor();
const frames = (page, command) => page.locator('#frames li', { has: page.locator(`[data-command="${command}"]`) });
const view = (page, name) => page.click(`nav a[href="#${name}"]`);
const text = (page, selector) => page.locator(selector).textContent();

async function connectBy(page, transport) {
  await page.click('#connection-settings > summary');
  await page.selectOption('[name=transport]', transport);
  await page.click('#connection-form button');
}

async function say(page, message) {
  await page.fill('[name=message]', message);
  await page.press('[name=message]', 'Enter');
}

async function subscribe(page, destination, ack = 'auto') {
  await page.fill('#subscribe-form [name=destination]', destination);
  await page.selectOption('[name=ack]', ack);
  await page.click('#subscribe-form button.main');
  await page.locator('#subscriptions li', { hasText: destination }).waitFor();
}

async function send(page, destination, body, times = 1) {
  await page.fill('#send-form [name=destination]', destination);
  await page.fill('[name=body]', body);
  await page.fill('[name=times]', String(times));
  await page.click('#send-form button.main');
}

const unique = (name) => `/queue/page-${name}-${Math.random().toString(36).slice(2)}`;

const checks = {
  connects: async (visitor) => {
    const page = await visitor.tab('greeting');
    assert.equal(await text(page, '#fact-transport'), 'WebSocket');
    assert.equal(await text(page, '#fact-version'), '1.2');
    assert.match(await text(page, '#fact-server'), /^Hoofbeat/);
    await page.click('#connection-switch');
    await state(page, 'idle');
    await frames(page, 'DISCONNECT').waitFor();
    await page.click('#connection-switch');
    await state(page, 'connected');
  },

  greeting: async (visitor) => {
    const page = await visitor.tab('greeting');
    const other = await visitor.tab('greeting');
    await other.fill('[name=name]', '<i>Ada</i>');
    await other.click('#greeting-form button');
    for (const tab of [page, other]) await tab.locator('#greetings li', { hasText: 'Hello, <i>Ada</i>!' }).waitFor();
    assert.equal(await page.locator('[data-plays]').count() + await other.locator('[data-plays]').count(), 1, 'one tab answers');
  },

  chat: async (visitor) => {
    const [page, other] = [await visitor.tab('chat'), await visitor.tab('chat')];
    await page.fill('#chat-nickname', 'Sleipnir');
    await say(page, '<img src=x> & all');
    await other.locator('.said', { hasText: 'Sleipnir' }).locator('.bubble', { hasText: '<img src=x> & all' }).waitFor();
    await other.locator('#chat-rooms input').nth(2).check();
    await page.locator('.moved', { hasText: 'left' }).waitFor();
    await say(other, 'alone');
    await other.locator('.own', { hasText: 'alone' }).waitFor();
    assert.equal(await page.locator('.bubble', { hasText: 'alone' }).count(), 0);
  },

  ticker: async (visitor) => {
    const [page, publisher] = [await visitor.tab('ticker'), await visitor.tab('ticker')];
    await publisher.locator('#ticker-rate').fill('1');
    await publisher.click('#ticker-switch');
    for (const tab of [page, publisher]) await tab.waitForFunction(() => document.querySelectorAll('#ticker-rows tr').length === 12);
    await page.fill('[name=pattern]', '/topic/price.stock.NYSE.*');
    await page.click('#ticker-form button');
    await page.waitForFunction(() => document.querySelectorAll('#ticker-rows tr').length === 4);
    await publisher.click('#ticker-switch');
    assert.equal(await page.locator('#frames li').count() <= 150, true, 'the list of frames is bounded');
  },

  acknowledges: async (visitor) => {
    const [page, queue] = [await visitor.tab('ticker'), unique('ack')];
    await page.click('#ticker-switch');
    await view(page, 'explorer');
    await subscribe(page, queue, 'client');
    await send(page, queue, '{"n": 1}', 3);
    await page.locator('#send-result', { hasText: 'Receipt' }).waitFor();
    await page.locator('#unsettled-count', { hasText: /^3$/ }).waitFor();
    await page.locator('#unsettled li').nth(2).getByText('Nack').focus();
    await page.locator('#subscriptions li', { hasText: /ticker scene/ }).locator('small', { hasText: /[3-9]\d messages/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('#unsettled li', { hasText: 'redelivered' }).first().waitFor();
    await page.locator('#unsettled-count', { hasText: /^3$/ }).waitFor();
    await page.locator('#unsettled li').nth(1).getByText('Ack', { exact: true }).click();
    await page.locator('#unsettled-count', { hasText: /^1$/ }).waitFor();
    await page.locator('#unsettled li').first().getByText('Ack', { exact: true }).click();
    await page.locator('#unsettled-section').waitFor({ state: 'hidden' });
    await page.locator('#subscriptions').getByText('Unsubscribe').click();
    await frames(page, 'UNSUBSCRIBE').waitFor();
  },

  frames: async (visitor) => {
    const [page, queue] = [await visitor.tab('explorer'), unique('frames')];
    await page.fill('#send-form [name=headers]', 'colour: brown:ish');
    await send(page, queue, '{"b": [1, 2]}');
    await frames(page, 'SEND').first().locator('summary').click();
    const raw = await text(page, '.raw pre');
    assert.match(raw, /^SEND\ndestination:.*\n/);
    assert.match(raw, /\ncolour:brown\\cish\n/);
    assert.match(raw, /\n\n\{\n {2}"b": \[/);
    await page.fill('#wire-filter [name=text]', 'no such thing');
    await page.locator('#frames-empty', { hasText: 'No frame matches' }).waitFor();
    await page.fill('#wire-filter [name=text]', '');
    await page.click('#wire-pause');
    await page.click('#wire-clear');
    await send(page, queue, 'unseen');
    await page.locator('#send-result', { hasText: 'Receipt' }).waitFor();
    assert.equal(await page.locator('#frames li').count(), 0);
    await page.click('#wire-pause');
    await frames(page, 'SEND').waitFor();
    await page.fill('#send-form [name=headers]', 'nonsense');
    await page.click('#send-form button.main');
    await says(page, /is no header/);
  },

  'server-gone': async (visitor) => {
    const [page, queue] = [await visitor.tab('explorer'), unique('gone')];
    await subscribe(page, queue);
    await visitor.proxy.close();
    await state(page, 'waiting');
    await says(page, /Nobody answers at 127\.0\.0\.1/);
    await visitor.proxy.open();
    await state(page, 'connected');
    await page.locator('.notice').waitFor({ state: 'detached' });
    await send(page, queue, 'still here');
    await frames(page, 'MESSAGE').first().waitFor();
    visitor.complaints = visitor.complaints.filter((complaint) => !/ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|WebSocket connection/.test(complaint));
  },

  'error-frame': async (visitor) => {
    const page = await visitor.tab('explorer');
    await page.fill('#send-form [name=headers]', 'transaction: none');
    await send(page, unique('error'), 'x');
    await says(page, /ended the connection with an ERROR/);
    await state(page, 'connected');
  },

  ...(options.login && {
    forbidden: async (visitor) => {
      const page = await visitor.tab('explorer');
      await page.fill('#subscribe-form [name=destination]', '/forbidden/fruit');
      await page.click('#subscribe-form button.main');
      await says(page, /refused to subscribe to \/forbidden\/fruit/);
      await state(page, 'connected');
      await page.locator('#subscriptions-empty').waitFor();
    },
  }),

  'wrong-address': async (visitor) => {
    const page = await visitor.tab('greeting');
    await page.click('#connection-settings > summary');
    await page.fill('[name=url]', 'nonsense');
    await page.click('#connection-form button');
    await says(page, /is no address/);
    await page.fill('[name=url]', 'ws://localhost:9/stomp');
    await page.click('#connection-form button');
    await says(page, /connect to its own server only/);
    await state(page, 'idle');
    visitor.complaints = visitor.complaints.filter((complaint) => !/Content Security Policy|WebSocket connection/.test(complaint));
  },

  'any-width': async (visitor) => {
    const page = await visitor.tab('greeting');
    await page.click('#connection-settings > summary');
    for (const width of [320, 360, 390, 640, 768, 900, 1024, 1180, 1920]) {
      await page.setViewportSize({ width, height: 800 });
      for (const name of VIEWS) {
        await view(page, name);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.equal(wide <= width, true, `${name} is ${wide} wide in a window of ${width}`);
      }
    }
  },

  'light-and-dark': async (visitor) => {
    const page = await visitor.tab('greeting');
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.click('#theme');
    assert.notEqual(await ground(), light);
    await page.reload();
    assert.notEqual(await ground(), light, 'the choice is kept');
  },
};

for (const transport of options.transports.split(',')) {
  checks[`by ${transport}`] = async (visitor) => {
    const page = await visitor.tab('chat');
    await connectBy(page, transport);
    const [kind, forced] = transport.split(':');
    await page.locator('#fact-transport', { hasText: kind === 'sockjs' ? `SockJS, ${forced}` : 'WebSocket' }).waitFor();
    await say(page, 'by another way');
    await page.locator('.own', { hasText: 'by another way' }).waitFor();
  };
}

async function check(browser, name, play) {
  const visitor = await Visitor.come(browser);
  try {
    await play(visitor);
    assert.deepEqual(visitor.complaints, [], 'the console has errors');
    console.log(`ok ${name}`);
    return true;
  } catch (why) {
    console.log(`FAILED ${name}: ${why.message.replace(/\s+/g, ' ').trim()}`);
    return false;
  } finally {
    await visitor.leave();
  }
}

let orders = 0;

// What stands between two steps here is for the eye: prices have to wander before there is something to see.
const scenes = {
  greeting: async (page) => {
    for (const name of ['Ada', 'Grace', 'Barbara']) {
      await page.fill('[name=name]', name);
      await page.click('#greeting-form button');
      await page.locator('#greetings li', { hasText: name }).waitFor();
    }
  },
  chat: async (page, other) => {
    await page.fill('#chat-nickname', 'Sleipnir');
    await other.fill('#chat-nickname', 'Rocinante');
    const talk = ['Anybody in room 5?', 'Just me, and all eight of my legs.', 'Then mind the carpet. Is <b>this</b> bold?', 'No. Text stays text.'];
    for (const [place, line] of talk.entries()) {
      await say(place % 2 ? page : other, line);
      await page.locator('.bubble', { hasText: line }).waitFor();
    }
  },
  ticker: async (page) => {
    await page.click('#ticker-switch');
    await page.locator('#ticker-rate').fill('0.7');
    await page.waitForTimeout(9_000);
    await page.locator('#ticker-rate').fill('0.4');
    await page.waitForTimeout(6_000);
  },
  explorer: async (page) => {
    const queue = `/queue/orders.${++orders}`;
    await subscribe(page, queue, 'client-individual');
    await send(page, queue, '{"item": "horseshoe", "count": 4}', 2);
    await page.locator('#unsettled li').nth(1).waitFor();
    await page.locator('#unsettled li').first().getByText('Ack', { exact: true }).click();
    await page.click('#wire-pause');
    await page.fill('#wire-filter [name=text]', 'orders');
    await frames(page, 'MESSAGE').first().locator('summary').click();
    await page.evaluate(() => scrollTo(0, 0));
  },
};

/** Saves the scenes of one window, of those that are wanted: by scene the name of the file. */
async function pictures(browser, settings, wanted) {
  const visitor = await Visitor.come(browser, settings);
  const [page, other] = [await visitor.tab('greeting'), await visitor.tab('chat')];
  await page.bringToFront();
  for (const [name, act] of Object.entries(scenes)) {
    await view(page, name);
    await act(page, other);
    await page.waitForTimeout(1_200);
    if (wanted[name]) await page.screenshot({ path: join(options.pictures, `page-${wanted[name]}.png`) });
  }
  await visitor.leave();
}

async function allPictures(browser) {
  mkdirSync(options.pictures, { recursive: true });
  const [window, phone] = [{ width: 1280, height: 860 }, { width: 390, height: 844 }];
  const of = (colorScheme, viewport, wanted) => pictures(browser, { colorScheme, viewport }, wanted);
  await of('light', window, { greeting: 'greeting-light', ticker: 'light', explorer: 'explorer-light' });
  await of('dark', window, { chat: 'chat-dark', ticker: 'dark', explorer: 'explorer-dark' });
  await of('light', phone, { chat: 'phone-light' });
  await of('dark', phone, { ticker: 'phone-dark' });
}

const browser = await chromium.launch({ executablePath: options.browser, args: ['--no-sandbox'] });
const count = { passed: 0, failed: 0 };
if (options.pictures) {
  await allPictures(browser);
} else {
  for (const [name, play] of Object.entries(checks)) count[(await check(browser, name, play)) ? 'passed' : 'failed']++;
  console.log(`page ${browser.version()}: ${count.passed} passed, ${count.failed} failed, 0 n/a`);
}
await browser.close();
process.exit(count.failed ? 1 : 0);
