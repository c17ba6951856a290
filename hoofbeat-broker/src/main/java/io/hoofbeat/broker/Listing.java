/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.util.List;

/**
 * The first of many, and how many there are.
 *
 * @param items not more than was asked for
 * @param total how many would have been listed without a limit
 */
public record Listing<T>(List<T> items, int total) {
    public Listing {
        items = List.copyOf(items);
    }
}
