/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Headers;

/** The server sent ERROR, which ends the connection. */
public final class ServerErrorException extends StompException {
    private static final long serialVersionUID = 1L;

    private final transient Headers headers;
    private final String body;

    ServerErrorException(Frame error) {
        super(message(error), null);
        this.headers = error.headers();
        this.body = error.text();
    }

    /** The message, and the first line of the body if that says more: some brokers keep the reason there. */
    private static String message(Frame error) {
        String message = error.headers().get("message");
        String more = error.text()
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .findFirst()
                .orElse("");
        if (message == null || message.isBlank()) {
            return more.isEmpty() ? "ERROR without a message" : more;
        }
        return more.isEmpty() || message.contains(more) ? message.strip() : message.strip() + ": " + more;
    }

    /** The headers of the ERROR. */
    public Headers headers() {
        return headers == null ? Headers.EMPTY : headers;
    }

    /** What the server had to say besides; may be empty. */
    public String body() {
        return body;
    }
}
