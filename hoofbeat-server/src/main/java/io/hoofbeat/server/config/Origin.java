/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server.config;

/**
 * Where a value comes from.
 *
 * @param source "default", a file, a variable of the environment, or a flag
 * @param line in a file from 1 on, else 0
 * @param column in a file from 1 on, else 0
 */
public record Origin(String source, int line, int column) {

    /** Nobody said anything else. */
    public static final Origin DEFAULT = new Origin("default", 0, 0);

    /** {@code hoofbeat.yml:12:3}, {@code HOOFBEAT_BROKER_PREFETCH}, {@code --broker.prefetch}. */
    public String text() {
        return line == 0 ? source : source + ":" + line + ":" + column;
    }
}
