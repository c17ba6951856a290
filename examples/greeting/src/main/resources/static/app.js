// SPDX-License-Identifier: Apache-2.0
import { Client } from '@stomp/stompjs';

const form = document.querySelector('form');
const button = form.querySelector('button');
const state = document.querySelector('#state');
const greetings = document.querySelector('#greetings');

function show(connected) {
  button.disabled = !connected;
  state.textContent = connected ? 'connected' : 'connecting';
}

const client = new Client({
  brokerURL: `${location.origin.replace('http', 'ws')}/stomp`,
  onConnect: () => {
    client.subscribe('/topic/greetings', message => {
      const line = document.createElement('li');
      line.textContent = JSON.parse(message.body).content;
      greetings.append(line);
    });
    show(true);
  },
  onWebSocketClose: () => show(false),
});

form.addEventListener('submit', event => {
  event.preventDefault();
  client.publish({ destination: '/app/hello', body: JSON.stringify({ name: form.elements.name.value }) });
  form.reset();
});

client.activate();
