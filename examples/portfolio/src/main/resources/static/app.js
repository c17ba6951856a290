// SPDX-License-Identifier: Apache-2.0
import { Client } from '@stomp/stompjs';

const trade = document.querySelector('#trade');
const state = document.querySelector('#state');
const notice = document.querySelector('#notice');
const body = document.querySelector('#positions');
const rows = new Map();

const csrf = await (await fetch('/csrf')).json();
const hidden = document.querySelector('#logout input');
hidden.name = csrf.parameterName;
hidden.value = csrf.token;

function row(ticker) {
  if (!rows.has(ticker)) {
    const element = body.insertRow();
    element.id = ticker;
    const cells = ['company', 'ticker', 'price', 'shares', 'value'].map(name => {
      const cell = element.insertCell();
      cell.className = ['price', 'shares', 'value'].includes(name) ? `number ${name}` : name;
      return [name, cell];
    });
    rows.set(ticker, { cells: Object.fromEntries(cells), position: {} });
    trade.elements.ticker.add(new Option(ticker));
  }
  return rows.get(ticker);
}

function update(change) {
  const { cells, position } = row(change.ticker);
  Object.assign(position, change);
  const { company, ticker, price, shares } = position;
  cells.company.textContent = company;
  cells.ticker.textContent = ticker;
  cells.price.textContent = price.toFixed(2);
  cells.shares.textContent = shares;
  cells.value.textContent = (price * shares).toFixed(2);
}

function quoted(quote) {
  if (rows.has(quote.ticker)) {
    update(quote);
  }
}

function show(text, connected) {
  state.textContent = text;
  trade.querySelectorAll('button').forEach(button => {
    button.disabled = !connected;
  });
}

const client = new Client({
  brokerURL: `${location.origin.replace('http', 'ws')}/stomp`,
  connectHeaders: { [csrf.headerName]: csrf.token },
  onConnect: frame => {
    const subscribe = (destination, listener) =>
      client.subscribe(destination, message => listener(message.body));
    subscribe('/app/positions', text => JSON.parse(text).forEach(update));
    subscribe('/topic/price.stock.*', text => quoted(JSON.parse(text)));
    subscribe('/user/queue/position-updates', text => {
      const { ticker, shares } = JSON.parse(text);
      update({ ticker, shares });
      notice.textContent = '';
    });
    subscribe('/user/queue/errors', text => {
      notice.textContent = text;
    });
    show(frame.headers['user-name'], true);
  },
  onStompError: frame => show(frame.headers.message, false),
  onWebSocketClose: () => show('connecting', false),
});

trade.addEventListener('submit', event => {
  event.preventDefault();
  client.publish({
    destination: '/app/trade',
    body: JSON.stringify({
      action: event.submitter.value,
      ticker: trade.elements.ticker.value,
      shares: Number(trade.elements.shares.value),
    }),
  });
});

client.activate();
