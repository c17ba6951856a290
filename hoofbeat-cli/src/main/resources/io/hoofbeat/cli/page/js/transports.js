// SPDX-License-Identifier: Apache-2.0
//
// From what the form says to a socket: a WebSocket, or SockJS over the transport that was chosen.

const SUBPROTOCOLS = ['v12.stomp', 'v11.stomp', 'v10.stomp'];

// Those that need neither a frame nor a script in the page, which its Content-Security-Policy would not let in.
const SOCKJS = ['websocket', 'xhr-streaming', 'eventsource', 'xhr-polling'];

/** Whether the transport, as the form names it, is one of SockJS. */
export function isSockJs(transport) {
  return transport.startsWith('sockjs');
}

/** The address in the scheme that the transport wants: ws for WebSocket, http for SockJS. */
export function addressFor(url, transport) {
  return isSockJs(transport) ? url.replace(/^ws/i, 'http') : url.replace(/^http/i, 'ws');
}

/** Where this page's own server speaks STOMP. */
export function ownAddress(transport) {
  return addressFor(`${location.protocol}//${location.host}/stomp`, transport);
}

/** What is wrong with the address, in words, or undefined. */
export function complaint(url) {
  let parsed;
  try {
    parsed = new URL(url);
  } catch {
    return `“${url}” is no address. It should look like ${ownAddress('websocket')}.`;
  }
  if (!/^(wss?|https?):$/.test(parsed.protocol)) {
    return `“${parsed.protocol}” is not spoken here. The address begins with ws:, wss:, http: or https:.`;
  }
  if (location.protocol === 'https:' && /^(ws|http):$/.test(parsed.protocol)) {
    return 'This page came by https:, so the browser lets it connect by wss: or https: only.';
  }
  return undefined;
}

/**
 * A socket that begins to open, with the interface of WebSocket.
 *
 * @param {{url: string, transport: string}} settings an address without complaint, and the form's name of a transport
 */
export function open({ url, transport }) {
  const { href } = Object.assign(new URL(addressFor(url, transport)), { hash: '' });
  if (!isSockJs(transport)) return new WebSocket(href, SUBPROTOCOLS);
  const forced = transport.slice('sockjs:'.length);
  return new globalThis.SockJS(href, null, { transports: forced ? [forced] : SOCKJS });
}

/** What the socket turned out to be, for people. */
export function nameOf(socket, transport) {
  return isSockJs(transport) ? `SockJS, ${socket.transport}` : 'WebSocket';
}
