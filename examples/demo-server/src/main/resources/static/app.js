// SPDX-License-Identifier: Apache-2.0
/* global SockJS, webstomp */
const form = document.querySelector('form');
const state = document.querySelector('#state');
const received = document.querySelector('#received');
const [send, connect, disconnect] = ['#send', '#connect', '#disconnect'].map(id => document.querySelector(id));
let client = null;

function log(message) {
  const line = document.createElement('li');
  line.textContent = message.body;
  line.classList.toggle('bad', message.headers.destination === '/queue/errors');
  received.append(line);
}

function show(connected) {
  state.textContent = connected ? 'connected' : 'disconnected';
  send.disabled = disconnect.disabled = !connected;
  connect.disabled = connected;
}

connect.addEventListener('click', () => {
  client = webstomp.over(new SockJS('/websocket-sockjs-stomp'), { debug: false });
  client.connect({}, () => {
    ['/app/subscribe', '/queue/responses', '/queue/errors', '/topic/periodic']
      .forEach(destination => client.subscribe(destination, log));
    show(true);
  }, () => show(false));
});

disconnect.addEventListener('click', () => client.disconnect(() => show(false)));

form.addEventListener('submit', event => {
  event.preventDefault();
  client.send('/app/request', form.elements.text.value);
  form.reset();
});
