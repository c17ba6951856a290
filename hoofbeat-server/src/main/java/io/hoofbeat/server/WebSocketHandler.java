/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

/**
 * Application code that speaks WebSocket as it is, or SockJS, without STOMP; mounted by
 * {@link StompServer.Builder#webSocket(String, WebSocketHandler)}.
 *
 * <pre>{@code
 * class Chat implements WebSocketHandler {
 *     private final Set<WebSocketSession> clients = ConcurrentHashMap.newKeySet();
 *
 *     public void onOpen(WebSocketSession session) {
 *         clients.add(session);
 *     }
 *
 *     public void onText(WebSocketSession session, String text) {
 *         clients.forEach(client -> client.send(text));
 *     }
 *
 *     public void onClose(WebSocketSession session, int code, String reason) {
 *         clients.remove(session);
 *     }
 * }
 * }</pre>
 *
 * <p>The methods are called on threads for handlers, virtual ones where the JDK has them, so that they may block: one session's
 * calls one after the other, in their order, and those of different sessions at the same time. While a session's handler is busy,
 * no more than a bounded amount is read from its client. What a method throws is logged, and closes the session with 1011.
 */
public interface WebSocketHandler {

    /** A client asks to be let in. It is, unless {@link Handshake#refuse} is called or something thrown. */
    default void onHandshake(Handshake handshake) throws Exception {}

    /** A client has been let in. */
    default void onOpen(WebSocketSession session) throws Exception {}

    /** A text has come. */
    default void onText(WebSocketSession session, String text) throws Exception {}

    /**
     * A binary message has come; never by SockJS, which has none.
     *
     * @param octets the handler's own
     */
    default void onBinary(WebSocketSession session, byte[] octets) throws Exception {}

    /**
     * The session is over, whoever ended it; the last call, and exactly one for each {@link #onOpen}.
     *
     * @param code as WebSocket has them: 1000 if all is well, 1001 if a page was left or the server stops, 1006 if the connection
     *     was lost
     * @param reason what was said to it; may be empty
     */
    default void onClose(WebSocketSession session, int code, String reason) throws Exception {}
}
