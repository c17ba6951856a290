// SPDX-License-Identifier: Apache-2.0
//
// The first example of every tutorial: a name goes to an application, a greeting comes back to everybody. A bare server
// has no application, so the page plays it.

import { byId, element, timeOfDay } from './dom.js';

const REQUESTS = '/app/greeting';
const GREETINGS = '/topic/greetings';
const OWNER = 'greeting scene';
const SHOWN = 20;

/** The scene; `enter` is called whenever it comes into view. */
export class Greeting {
  #connection;
  #application = null;
  #listener = null;

  constructor(connection) {
    this.#connection = connection;
    byId('greeting-form').addEventListener('submit', (event) => this.#ask(event));
  }

  enter() {
    if (this.#listener) return;
    this.#listener = this.#connection.subscribe(GREETINGS, { owner: OWNER }, (message) => this.#greeted(message.body));
    this.#playApplication();
  }

  // Of several tabs one plays the application, or each would answer; when it is closed, the lock passes to the next. Pages
  // that did not come from this machine or by https: have no locks, and every tab of them answers.
  #playApplication() {
    const play = () => {
      this.#application = this.#connection.subscribe(REQUESTS, { owner: OWNER }, (message) => this.#answer(message));
      byId('greeting-role').textContent = 'This tab plays the application.';
      byId('greeting-role').dataset.plays = 'true';
      return new Promise(() => {});
    };
    byId('greeting-role').textContent = 'Another tab plays the application.';
    if (navigator.locks) navigator.locks.request(REQUESTS, play);
    else play();
  }

  /** What the application does; who has sent reply-to, as `hoofbeat req` does, gets the greeting as well. */
  #answer({ body, headers }) {
    const greeting = `Hello, ${body || 'whoever you are'}!`;
    const type = { 'content-type': 'text/plain' };
    this.#flash('greeting-step-app');
    this.#connection.send(GREETINGS, greeting, type);
    const replyTo = headers['reply-to'];
    if (replyTo) {
      const correlation = headers['correlation-id'];
      this.#connection.send(replyTo, greeting, { ...type, ...(correlation && { 'correlation-id': correlation }) });
    }
  }

  #ask(event) {
    event.preventDefault();
    const { name } = event.target.elements;
    this.#flash('greeting-step-you');
    this.#connection.send(REQUESTS, name.value.trim(), { 'content-type': 'text/plain' });
    name.select();
  }

  #greeted(text) {
    this.#flash('greeting-step-all');
    byId('greetings-empty').hidden = true;
    const list = byId('greetings');
    const now = new Date();
    list.prepend(element('li', {}, element('span', {}, text), element('time', { datetime: now.toISOString() }, timeOfDay(now))));
    while (list.children.length > SHOWN) list.lastChild.remove();
  }

  #flash(id) {
    const step = byId(id);
    step.classList.remove('flash');
    step.getBoundingClientRect();
    step.classList.add('flash');
  }
}
