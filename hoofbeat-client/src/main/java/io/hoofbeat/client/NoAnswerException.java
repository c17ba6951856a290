/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

/** A receipt or a reply did not come in time. */
public final class NoAnswerException extends StompException {
    private static final long serialVersionUID = 1L;

    NoAnswerException(String message) {
        super(message, null);
    }
}
