/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import java.util.concurrent.ConcurrentMap;

/**
 * A client that has come in at a {@link WebSocketHandler}. Any thread.
 *
 * <p>Sending does not wait. What the client has not taken is kept up to a bound
 * ({@link StompServer.Builder#handlerMaxUnsentBytes}); who is slower than that is closed with 1008.
 */
public final class WebSocketSession {
    private final String id;
    private final Handshake handshake;
    private final MessageTalk talk;

    WebSocketSession(String id, Handshake handshake, MessageTalk talk) {
        this.id = id;
        this.handshake = handshake;
        this.talk = talk;
    }

    /** Unique among all sessions of this server and its other runs; says nothing about SockJS's own. */
    public String id() {
        return id;
    }

    /** The request it began with: headers, query, address. */
    public Handshake handshake() {
        return handshake;
    }

    /** What the application wants to remember of it; begins with what was put there at the handshake. */
    public ConcurrentMap<String, Object> attributes() {
        return handshake.attributes();
    }

    /** Who it is, if that is known. */
    public Optional<String> user() {
        return handshake.user();
    }

    /** The client's address in numbers. */
    public String remoteAddress() {
        return handshake.remoteAddress();
    }

    /** Whether it can be sent anything; a moment later it may be otherwise. */
    public boolean isOpen() {
        return talk.isOpen();
    }

    /** Octets that the client has not taken so far. */
    public long unsentBytes() {
        return talk.unsentBytes();
    }

    /** Sends a text; nothing happens if the session is over. Unpaired surrogates become U+FFFD. */
    public void send(String text) {
        talk.send(text.getBytes(UTF_8), false);
    }

    /**
     * Sends a binary message; nothing happens if the session is over.
     *
     * @throws UnsupportedOperationException by SockJS, which has no binary messages
     */
    public void send(byte[] octets) {
        if (talk.isTextOnly()) {
            throw new UnsupportedOperationException("SockJS has no binary messages");
        }
        talk.send(octets.clone(), true);
    }

    /** Closes it with 1000, after what was sent before. */
    public void close() {
        close(CloseCode.NORMAL, "");
    }

    /**
     * Closes it, after what was sent before.
     *
     * @param code 1000 or 3000 to 4999
     * @param reason for people or programs; at most 123 octets
     */
    public void close(int code, String reason) {
        if (code != CloseCode.NORMAL && (code < 3000 || code > 4999)) {
            throw new IllegalArgumentException("an application closes with 1000 or 3000 to 4999, not " + code);
        }
        if (reason.getBytes(UTF_8).length > WebSocketFraming.MOST_OF_REASON) {
            throw new IllegalArgumentException("the reason is longer than 123 octets");
        }
        talk.close(code, reason);
    }

    @Override
    public String toString() {
        return id + " from " + remoteAddress() + " by " + handshake.transport();
    }
}
