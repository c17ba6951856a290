/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run found.
 *
 * @param figures by name, the unit last in it
 * @param faults what should not have been; empty if all is well
 */
record Result(Scenario scenario, String transport, Map<String, Double> figures, List<String> faults) {

    /** The yardstick. */
    static final String COST = "server-micros-per-message";

    Result {
        figures = new LinkedHashMap<>(figures);
        faults = List.copyOf(faults);
    }

    /** As the table calls the row. */
    String title() {
        return scenario.title() + ", " + transport;
    }

    /** NaN if it was not measured. */
    double figure(String name) {
        return figures.getOrDefault(name, Double.NaN);
    }
}
