/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.CloseReason;

/** The status codes of WebSocket's Close that we send or look for (RFC 6455, section 7.4). */
final class CloseCode {
    static final int NORMAL = 1000;
    static final int GOING_AWAY = 1001;
    static final int PROTOCOL_ERROR = 1002;
    static final int NOT_ACCEPTED = 1003;
    static final int BAD_DATA = 1007;
    static final int POLICY = 1008;
    static final int TOO_LARGE = 1009;
    static final int FAILED = 1011;
    static final int TRY_LATER = 1013;

    /** A Close without a code; never on the wire. */
    static final int NONE = 1005;

    /** No Close at all; never on the wire. */
    static final int LOST = 1006;

    private CloseCode() {}

    static int of(CloseReason reason) {
        return switch (reason) {
            case DISCONNECTED -> NORMAL;
            case PROTOCOL_ERROR -> PROTOCOL_ERROR;
            case TOO_LARGE -> TOO_LARGE;
            case REFUSED, LOST -> POLICY;
            case SHUTDOWN -> GOING_AWAY;
            case OVERLOADED -> TRY_LATER;
            case FAILED -> FAILED;
        };
    }

    /** Whether a peer may send it. */
    static boolean isSendable(int code) {
        return (code >= 1000 && code <= 1014 && code != 1004 && code != NONE && code != LOST)
                || (code >= 3000 && code <= 4999);
    }
}
