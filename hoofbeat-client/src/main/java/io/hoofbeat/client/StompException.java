/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import org.jspecify.annotations.Nullable;

/** Something with the server did not go as it should; each subclass is a situation in which a caller may be. */
public abstract class StompException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StompException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** What happened, for people; never null. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
