/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

/** The peer broke the rules of WebSocket. The message is fit to be shown to it. */
final class WebSocketException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;

    WebSocketException(int code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    /** The Close's. */
    int code() {
        return code;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
