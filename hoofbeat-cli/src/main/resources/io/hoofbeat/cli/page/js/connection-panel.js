// SPDX-License-Identifier: Apache-2.0
//
// The strip below the head of the page: how the connection is, and the form that says how it should be.

import { byId } from './dom.js';
import { forget, tell } from './notices.js';
import { addressFor, complaint, ownAddress } from './transports.js';

const WORDS = {
  idle: () => 'Not connected',
  connecting: ({ attempt }) => (attempt > 1 ? `Connecting, attempt ${attempt}` : 'Connecting'),
  connected: () => 'Connected',
  waiting: ({ attempt }) => `Waiting to connect again, after ${attempt || 1} ${attempt > 1 ? 'attempts' : 'attempt'}`,
  closing: () => 'Disconnecting',
};

/** Binds the panel to the connection, and connects. */
export function connectionPanel(connection) {
  const form = byId('connection-form');
  const fields = form.elements;
  const settings = byId('connection-settings');
  fields.url.value = ownAddress(fields.transport.value);

  fields.transport.addEventListener('change', () => {
    fields.url.value = addressFor(fields.url.value, fields.transport.value);
  });
  const connect = () => {
    const [url, transport] = [fields.url.value.trim(), fields.transport.value];
    const wrong = complaint(url);
    if (wrong) return tell('connection', wrong);
    forget('connection');
    fields.url.value = addressFor(url, transport);
    connection.connect({ url: fields.url.value, transport, login: fields.login.value, passcode: fields.passcode.value });
    return settings.removeAttribute('open');
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    connect();
  });
  byId('connection-switch').addEventListener('click', () => {
    if (connection.state === 'idle') connect();
    else connection.disconnect();
  });

  connection.addEventListener('state', () => show(connection));
  connection.addEventListener('fine', () => forget('connection'));
  connection.addEventListener('trouble', ({ detail: { kind, text } }) => {
    tell(kind === 'lost' || kind === 'login' ? 'connection' : kind, text);
    if (kind === 'login') {
      settings.setAttribute('open', '');
      fields.login.focus();
    }
  });
  connection.addEventListener('beat', ({ detail }) => detail === 'in' && beat());
  show(connection);
  connect();
}

function show(connection) {
  const { state, facts } = connection;
  document.documentElement.dataset.connection = state;
  byId('connection-state').textContent = WORDS[state](connection);
  byId('connection-switch').textContent = { idle: 'Connect', waiting: 'Stop trying', connecting: 'Cancel' }[state] ?? 'Disconnect';
  byId('connection-switch').disabled = state === 'closing';
  byId('connection-facts').hidden = !facts;
  if (facts) {
    byId('fact-transport').textContent = facts.transport;
    byId('fact-version').textContent = facts.version;
    byId('fact-beats').textContent = `${every(facts.beats.in)} in, ${every(facts.beats.out)} out`;
    byId('fact-session').textContent = facts.session || 'not told';
    byId('fact-server').textContent = facts.server || 'not told';
  }
  for (const needing of document.querySelectorAll('fieldset[data-needs-connection]')) needing.disabled = state !== 'connected';
}

function every(millis) {
  return millis ? `${millis / 1000} s` : 'none';
}

/** The mark beats with the server's heart. */
function beat() {
  const mark = byId('mark');
  mark.classList.remove('beat');
  // Reading a size makes the browser take note of the class being gone, so that the animation begins anew.
  mark.getBoundingClientRect();
  mark.classList.add('beat');
}
