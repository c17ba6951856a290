// SPDX-License-Identifier: Apache-2.0
//
// Puts the parts together, and shows the view that the address names: #greeting, #chat, #ticker or #explorer.

import { Chat } from './chat.js';
import { connectionPanel } from './connection-panel.js';
import { Connection } from './connection.js';
import { byId } from './dom.js';
import { Explorer } from './explorer.js';
import { Greeting } from './greeting.js';
import { rates } from './rates.js';
import { Ticker } from './ticker.js';
import { Wire } from './wire.js';

const TITLES = { greeting: 'Greeting', chat: 'Chat', ticker: 'Ticker', explorer: 'Explorer' };
const connection = new Connection();
const scenes = { greeting: new Greeting(connection), chat: new Chat(connection), ticker: new Ticker(connection) };
new Explorer(connection);
new Wire(connection);
rates(connection);

function showView() {
  const wanted = location.hash.slice(1);
  const name = Object.hasOwn(TITLES, wanted) ? wanted : 'greeting';
  for (const view of Object.keys(TITLES)) {
    byId(`view-${view}`).hidden = view !== name;
    const link = document.querySelector(`nav a[href="#${view}"]`);
    if (view === name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.documentElement.dataset.view = name;
  document.title = `${TITLES[name]} – Hoofbeat`;
  scenes[name]?.enter();
}

addEventListener('hashchange', () => {
  showView();
  scrollTo(0, 0);
});
connectionPanel(connection);
showView();
