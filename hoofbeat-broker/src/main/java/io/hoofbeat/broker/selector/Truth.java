/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.selector;

/** What a condition comes to. Unknown is what is said of a header which is missing or of another type. */
enum Truth {
    TRUE,
    FALSE,
    UNKNOWN;

    static Truth of(boolean known) {
        return known ? TRUE : FALSE;
    }

    Truth negated() {
        return switch (this) {
            case TRUE -> FALSE;
            case FALSE -> TRUE;
            case UNKNOWN -> UNKNOWN;
        };
    }
}
