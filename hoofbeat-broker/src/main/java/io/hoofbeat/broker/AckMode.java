/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import org.jspecify.annotations.Nullable;

/** The values of the {@code ack} header of SUBSCRIBE. */
enum AckMode {
    AUTO,
    CLIENT,
    CLIENT_INDIVIDUAL;

    /** As in the header. */
    String text() {
        return switch (this) {
            case AUTO -> "auto";
            case CLIENT -> "client";
            case CLIENT_INDIVIDUAL -> "client-individual";
        };
    }

    /** The mode of that name, AUTO if there is none, null if it is none of ours (SX-SUB-4). */
    static @Nullable AckMode of(@Nullable String value) {
        if (value == null) {
            return AUTO;
        }
        return switch (value.strip()) {
            case "auto" -> AUTO;
            case "client" -> CLIENT;
            case "client-individual" -> CLIENT_INDIVIDUAL;
            default -> null;
        };
    }
}
