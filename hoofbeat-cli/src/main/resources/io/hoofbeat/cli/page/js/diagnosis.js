// SPDX-License-Identifier: Apache-2.0
//
// Why a connection did not come about, or ended, in words. A browser tells a page next to nothing about a WebSocket that
// failed, so this asks the same address again by plain HTTP and draws its conclusions.

import { addressFor, isSockJs } from './transports.js';

const PATIENCE_MILLIS = 4_000;

/** Calls back with a text when the page's Content-Security-Policy has kept it from connecting; the socket may never tell. */
export function whenBlocked(onBlocked) {
  addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
    if (effectiveDirective !== 'connect-src') return;
    onBlocked(`The browser lets this page connect to its own server only, ${location.host}, and not to ${new URL(blockedURI).host}. ` +
      'To use another server, open the page from there.');
  });
}

/**
 * Why the socket closed.
 *
 * @param {{url: string, transport: string}} settings what was tried
 * @param {boolean} wasConnected whether STOMP had been connected
 * @param {CloseEvent} event what the socket said
 */
export async function diagnose(settings, wasConnected, event) {
  if (wasConnected) return `${lost(event)} Trying to connect again.`;
  const { host, origin, pathname } = new URL(addressFor(settings.url, 'sockjs'));
  const answer = await probe(settings);
  if (answer === 'nobody') return `Nobody answers at ${host}. Is the server running? Trying again.`;
  if (answer === 'silent') return `${host} does not answer in time. Trying again.`;
  if (origin !== location.origin) {
    return `A server answers at ${host}, but it does not let pages of ${location.origin} connect. ` +
      'Its option listeners.ws.origins lists the origins that may.';
  }
  if (answer === 403) return `The server refuses pages of this origin, ${location.origin}; see its option listeners.ws.origins.`;
  if (answer === 404) return `The server has no ${isSockJs(settings.transport) ? 'SockJS' : 'STOMP'} at ${pathname} (HTTP status 404).`;
  return `The server at ${host} answered, but the connection did not come about (close code ${event.code}). Trying again.`;
}

function lost(event) {
  const why = event.reason ? `: ${event.reason}` : '';
  if (event.code === 1001) return `The server is going away${why}.`;
  if (event.code === 1000) return `The server has closed the connection${why}.`;
  return `The connection was lost${why} (close code ${event.code}).`;
}

/** What plain HTTP has to say: a status, 0 if it may not be known, 'silent', or 'nobody'. */
async function probe({ url, transport }) {
  const address = addressFor(url, 'sockjs') + (isSockJs(transport) ? '/info' : '');
  try {
    const response = await fetch(address, { mode: 'no-cors', cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MILLIS) });
    return response.status;
  } catch (failure) {
    return failure.name === 'TimeoutError' ? 'silent' : 'nobody';
  }
}
