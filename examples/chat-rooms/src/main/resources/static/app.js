// SPDX-License-Identifier: Apache-2.0
import { Client } from '@stomp/stompjs';

const enter = document.querySelector('#enter');
const say = document.querySelector('#say');
const state = document.querySelector('#state');
const messages = document.querySelector('#messages');
let subscriptions = [];
let sent = 0;

function line({ author, text }) {
  const element = document.createElement('li');
  const name = document.createElement('strong');
  name.textContent = `${author} `;
  element.append(name, text);
  messages.append(element);
}

/** What is said from now on, and then, once, what was said before: in this order nothing is missed. */
function enterRoom() {
  const room = enter.elements.room.value;
  const early = [];
  let history = false;
  subscriptions.forEach(subscription => subscription.unsubscribe());
  messages.replaceChildren();
  subscriptions = [
    client.subscribe(`/topic/rooms/${room}`, message => {
      const said = JSON.parse(message.body);
      history ? line(said) : early.push(said);
    }),
    client.subscribe(`/app/rooms/${room}`, message => {
      const before = JSON.parse(message.body);
      before.forEach(line);
      early.filter(said => !before.some(old => old.at === said.at && old.text === said.text)).forEach(line);
      history = true;
    }),
  ];
}

function show(text, connected) {
  state.textContent = text;
  say.querySelector('button').disabled = !connected;
}

const client = new Client({
  brokerURL: `${location.origin.replace('http', 'ws')}/stomp`,
  onConnect: () => {
    enterRoom();
    show('connected', true);
  },
  onWebSocketClose: () => show('connecting', false),
});

enter.elements.room.addEventListener('change', enterRoom);
enter.addEventListener('submit', event => event.preventDefault());

say.addEventListener('submit', event => {
  event.preventDefault();
  if (!enter.reportValidity()) {
    return;
  }
  const receipt = `said-${++sent}`;
  client.watchForReceipt(receipt, () => show('delivered ✓', true));
  client.publish({
    destination: `/app/rooms/${enter.elements.room.value}`,
    headers: { receipt },
    body: JSON.stringify({ author: enter.elements.author.value, text: say.elements.text.value }),
  });
  show('sending', true);
  say.reset();
});

client.activate();
