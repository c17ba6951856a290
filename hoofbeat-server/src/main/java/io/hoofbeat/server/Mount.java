/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is to be had at a path over WebSocket, and over SockJS if it is switched on: STOMP, perhaps behind a gate, or an application's handler. */
sealed interface Mount permits StompMount, GateMount, HandlerMount {

    String path();

    SockJs sockJs();

    /** What SockJS may have in one request before it is known who it is: as much as other connections. */
    int MOST_OF_STRANGER = 64 * 1024;

    /** Octets that one message from a client may have, whatever it looks like on the way. */
    int mostOfMessage();

    /** The same as JSON, which may need two octets for each, or more for the few that need escapes (SJ-SEC-8). */
    default int mostOfRequest(boolean isKnown) {
        return isKnown ? 2 * mostOfMessage() + 1_024 : MOST_OF_STRANGER;
    }

    /** Whether messages are kept apart, and not only octets of a stream. */
    boolean isOfMessages();

    /**
     * Lets a client in: calls back, perhaps later, on the exchange's event loop; or answers the request. Event loop.
     *
     * @param transport what carries it: ws, wss, sockjs
     * @param offers what it says of subprotocols
     */
    void admit(HttpExchange exchange, String transport, List<String> offers, Consumer<Admission> admitted);

    /**
     * How it goes on with a client that was let in.
     *
     * @param user who it is; null if that is not known
     * @param subprotocol which was chosen; null if none
     * @param transport for people and rules
     * @param fields that the answer is to have besides, by name
     */
    record Admission(
            Talk.Starter starter,
            @Nullable String user,
            @Nullable String subprotocol,
            String transport,
            Map<String, List<String>> fields) {}
}
