/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server.config;

import java.util.List;
import java.util.Map;

/**
 * What was said, and where.
 *
 * @param value as {@link Type#parse} gives it; for a list its {@link Item}s
 */
record Value(Object value, Origin origin) {

    List<Item> items() {
        return ((List<?>) value).stream().map(Item.class::cast).toList();
    }

    /**
     * One of a list.
     *
     * @param values by name
     */
    record Item(Map<String, Value> values, Origin origin) {

        String text(String name) {
            Value value = values.get(name);
            return value == null ? "" : (String) value.value();
        }

        /** Empty if nothing was said. */
        List<String> texts(String name) {
            Value value = values.get(name);
            return value == null ? List.of() : Type.texts(value.value());
        }

        /** Where that was said; where the item begins if it was not. */
        Origin originOf(String name) {
            Value value = values.get(name);
            return value == null ? origin : value.origin();
        }
    }
}
