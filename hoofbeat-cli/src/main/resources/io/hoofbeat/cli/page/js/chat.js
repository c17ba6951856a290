// SPDX-License-Identifier: Apache-2.0
//
// Rooms to talk in: a topic each. Every tab that is in a room hears what is said there.

import { byId, element, parsed, timeOfDay } from './dom.js';

const ROOMS = [1, 2, 3, 4, 5, 6, 7, 8];
const FIRST_ROOM = 5;
const OWNER = 'chat scene';
const SHOWN = 200;
const NAMES = ['Arion', 'Balios', 'Xanthos', 'Rocinante', 'Sleipnir', 'Bucephalus', 'Marengo', 'Copenhagen', 'Pegasus', 'Incitatus'];

/** The scene; `enter` is called whenever it comes into view. */
export class Chat {
  #connection;
  #room = null;
  #subscription = null;
  /** By this header a tab knows its own messages again. */
  #tab = Math.random().toString(36).slice(2, 10);

  constructor(connection) {
    this.#connection = connection;
    const nickname = byId('chat-nickname');
    nickname.value = NAMES[Math.floor(Math.random() * NAMES.length)];
    nickname.addEventListener('change', () => {
      if (!nickname.value.trim()) nickname.value = NAMES[0];
    });
    byId('chat-rooms').append(...ROOMS.map((room) => this.#roomChoice(room)));
    byId('chat-form').addEventListener('submit', (event) => this.#say(event));
    connection.addEventListener('fine', () => this.#publish('ENTER'));
    addEventListener('pagehide', () => this.#publish('LEAVE'));
  }

  enter() {
    if (this.#room === null) this.#join(FIRST_ROOM);
  }

  #roomChoice(room) {
    const choice = element('input', { type: 'radio', name: 'room', value: String(room), change: () => this.#join(room) });
    choice.checked = room === FIRST_ROOM;
    return element('label', { class: 'chip' }, choice, element('span', {}, element('span', { class: 'unseen' }, 'Room '), String(room)));
  }

  #join(room) {
    this.#publish('LEAVE');
    if (this.#subscription) this.#connection.unsubscribe(this.#subscription);
    this.#room = room;
    byId('chat-destination').textContent = this.#destination();
    byId('chat-log').replaceChildren();
    byId('chat-empty').hidden = false;
    this.#subscription = this.#connection.subscribe(this.#destination(), { owner: OWNER }, (message) => this.#heard(message));
    this.#publish('ENTER');
  }

  #destination() {
    return `/topic/chat/room/${this.#room}`;
  }

  #publish(type, message) {
    if (this.#room === null || this.#connection.state !== 'connected') return;
    const writer = byId('chat-nickname').value.trim();
    const body = JSON.stringify({ chatRoomId: this.#room, type, writer, ...(message && { message }) });
    this.#connection.send(this.#destination(), body, { 'content-type': 'application/json', tab: this.#tab });
  }

  #say(event) {
    event.preventDefault();
    const { message } = event.target.elements;
    const text = message.value.trim();
    if (text) this.#publish('MESSAGE', text);
    message.value = '';
    message.focus();
  }

  // Anybody may publish here, so nothing of the body is taken for granted.
  #heard({ body, headers }) {
    const json = parsed(body) ?? { type: 'MESSAGE', message: body };
    const writer = String(json.writer ?? 'somebody');
    const isOwn = headers.tab === this.#tab;
    const moves = { ENTER: 'came in', LEAVE: 'left' };
    this.#append(moves[json.type]
      ? element('p', { class: 'moved' }, `${isOwn ? 'You' : writer} ${moves[json.type]}`)
      : this.#bubble(writer, String(json.message ?? body), isOwn));
  }

  #bubble(writer, text, isOwn) {
    const now = new Date();
    return element('div', { class: isOwn ? 'said own' : 'said' },
      element('p', { class: 'meta' }, element('b', {}, isOwn ? `${writer} (you)` : writer), element('time', { datetime: now.toISOString() }, timeOfDay(now))),
      element('p', { class: 'bubble' }, text));
  }

  #append(item) {
    const log = byId('chat-log');
    const wasAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    byId('chat-empty').hidden = true;
    log.append(item);
    while (log.children.length > SHOWN) log.firstChild.remove();
    if (wasAtEnd) log.scrollTop = log.scrollHeight;
  }
}
