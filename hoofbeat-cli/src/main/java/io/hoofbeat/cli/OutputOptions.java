/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import picocli.CommandLine.Option;

/** How messages are shown. */
final class OutputOptions {

    /** The forms of a message. */
    enum Format {
        /** The body, and a line end if it has none. */
        TEXT,
        /** One JSON object a line. */
        JSON
    }

    @Option(
            names = "--format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "text: the body; json: one object a line, with destination, headers and body"
                    + " (bodyBase64 if it is no UTF-8).")
    private Format format = Format.TEXT;

    @Option(names = "--headers", description = "With text: the headers first, and an empty line.")
    private boolean headers;

    MessagePrinter printer(Shell shell) {
        return new MessagePrinter(shell, format, headers);
    }
}
