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

    private static String message(Frame error) {
        String message = error.headers().get("message");
        if (message == null || message.isBlank()) {
            message = error.text().lines().findFirst().orElse("ERROR without a message");
        }
        return message.strip();
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
