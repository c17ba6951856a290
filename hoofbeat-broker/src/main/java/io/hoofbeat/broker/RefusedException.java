/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

/** What a frame asks for cannot be done, and why: its ERROR's text and how the connection ends. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final CloseReason reason;

    RefusedException(CloseReason reason, String text) {
        super(text, null, false, false);
        this.reason = reason;
    }

    String text() {
        String text = getMessage();
        return text == null ? "refused" : text;
    }

    CloseReason reason() {
        return reason;
    }
}
