/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import org.jspecify.annotations.Nullable;

/** There is no connection: nobody listens, the certificate is not trusted, or the server does not want us. */
public final class ConnectFailedException extends StompException {
    private static final long serialVersionUID = 1L;

    ConnectFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Whether the server answered, and said no; {@link #getCause} is then what it said, a {@link ServerErrorException}. */
    public boolean isRefused() {
        return getCause() instanceof ServerErrorException;
    }
}
