/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Everything that is wrong, so that it can be told at once. Used by one thread. */
final class Problems {
    private final Set<String> texts = new LinkedHashSet<>();

    void add(Origin where, String what) {
        add(where.text() + ": " + what);
    }

    /** One that says itself where it is. */
    void add(String text) {
        texts.add(text);
    }

    /** A key, a flag or a variable that nobody knows. */
    void addUnknown(Origin where, String what, String shape, java.util.Optional<String> near) {
        add(
                where,
                "unknown " + what
                        + near.map(word -> "; did you mean " + shape.formatted(word) + "?")
                                .orElse(""));
    }

    boolean isEmpty() {
        return texts.isEmpty();
    }

    List<String> texts() {
        return new ArrayList<>(texts);
    }

    /** @throws ConfigurationException if anything is wrong */
    void throwIfAny() {
        if (!isEmpty()) {
            throw new ConfigurationException(texts());
        }
    }
}
