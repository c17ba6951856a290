/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

/** These credentials are not good. The message is for the log, never for the client. */
public final class AccessRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AccessRefusedException(String message) {
        super(message, null, false, false);
    }
}
