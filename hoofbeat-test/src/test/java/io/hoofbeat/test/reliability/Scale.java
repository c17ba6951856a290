/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.reliability;

/**
 * How much of everything: little by default, so that all cases end within minutes; what the case is really about with {@code
 * -Dhoofbeat.reliability.scale=full}.
 */
final class Scale {
    static final String PROPERTY = "hoofbeat.reliability.scale";
    static final boolean FULL = "full".equals(System.getProperty(PROPERTY));

    private Scale() {}

    static int of(int small, int full) {
        return FULL ? full : small;
    }
}
