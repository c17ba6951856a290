// SPDX-License-Identifier: Apache-2.0
const enter = document.querySelector('#enter');
const say = document.querySelector('#say');
const state = document.querySelector('#state');
const lines = document.querySelector('#lines');
let socket = null;

function show(inside) {
  state.textContent = inside ? 'inside' : 'outside';
  enter.querySelector('button').disabled = inside;
  say.querySelector('button').disabled = !inside;
}

function line({ author, text }) {
  const element = document.createElement('li');
  const name = document.createElement('strong');
  name.textContent = `${author} `;
  element.append(name, text);
  lines.append(element);
}

enter.addEventListener('submit', event => {
  event.preventDefault();
  const name = encodeURIComponent(enter.elements.name.value);
  socket = new WebSocket(`${location.origin.replace('http', 'ws')}/chat?name=${name}`);
  socket.onopen = () => show(true);
  socket.onclose = () => show(false);
  socket.onmessage = message => line(JSON.parse(message.data));
});

say.addEventListener('submit', event => {
  event.preventDefault();
  socket.send(say.elements.text.value);
  say.reset();
});
