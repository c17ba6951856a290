/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

/** The command ends, with a sentence that says why and what to do. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    Failure(int exitCode, String text) {
        super(text, null, false, false);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
