/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import org.jspecify.annotations.Nullable;

/** There was a connection, and it is over; what was under way may have arrived or not. */
public final class ConnectionEndedException extends StompException {
    private static final long serialVersionUID = 1L;

    ConnectionEndedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
