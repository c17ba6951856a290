/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.Connection;

/** What carries a {@link Talk}: a socket, or the requests of a SockJS session. */
interface Carrier extends Connection {

    /** Goes through what was read once more, soon: what kept it is gone. Event loop. */
    void proceedLater();

    /**
     * Ends the connection: what is to be said is said first, as far as the peer takes it in a bounded time. Event loop.
     *
     * @param code as WebSocket has them
     * @param text one short line for the peer
     */
    void end(int code, String text);
}
