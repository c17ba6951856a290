/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server.config;

import java.util.List;

/** The configuration is wrong. The message has one line for each problem, with file, line and column where there are such. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // List.copyOf gives one that is
    private final List<String> problems;

    public ConfigurationException(List<String> problems) {
        super(String.join("\n", problems), null, false, false);
        this.problems = List.copyOf(problems);
    }

    /** One line each; at least one. */
    public List<String> problems() {
        return problems;
    }
}
