/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import io.hoofbeat.test.StompPeer;
import java.util.Locale;

/** What carries STOMP. Every requirement holds over each of them (WS-TEST-2). */
enum Transport {
    TCP,
    TLS,
    WS_TEXT,
    WS_BINARY,
    SOCKJS_XHR,
    SOCKJS_XHR_STREAMING,
    SOCKJS_EVENTSOURCE,
    SOCKJS_WEBSOCKET;

    /** Whether there are the frames of SockJS around those of STOMP; they carry text only. */
    boolean isSockJs() {
        return compareTo(SOCKJS_XHR) >= 0;
    }

    boolean isWebSocket() {
        return this == WS_TEXT || this == WS_BINARY;
    }

    /** A peer that is not connected yet. */
    StompPeer.Builder peer(Target target) {
        return StompPeer.to(target.uri(this)).binary(this == WS_BINARY);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
