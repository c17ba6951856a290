/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.protocol.Headers;

/** The headers of a MESSAGE that are the server's to say. A client that sends them is not believed (SX-MSG-3). */
final class ServerHeaders {

    /** How often a message was delivered before, from the second time on. */
    static final String DELIVERY_COUNT = "delivery-count";

    /** How many messages the subscription lost before this one, being too slow (SX-SLOW-1). */
    static final String DROPPED_MESSAGES = "dropped-messages";

    /** Why a message is among the dead letters. */
    static final String DEAD_LETTER_REASON = "dead-letter-reason";

    /** Where it was sent to before it died. */
    static final String ORIGINAL_DESTINATION = "original-destination";

    private static final String[] NAMES = {
        "destination",
        "message-id",
        "subscription",
        "ack",
        "redelivered",
        "receipt",
        "receipt-id",
        "transaction",
        "content-length",
        "session",
        DELIVERY_COUNT,
        DROPPED_MESSAGES,
        DEAD_LETTER_REASON,
        ORIGINAL_DESTINATION,
        "browser"
    };

    private ServerHeaders() {}

    /** Whether that entry of a SEND stays behind. */
    static boolean owns(Headers headers, int index) {
        for (String name : NAMES) {
            if (headers.isNamed(index, name)) {
                return true;
            }
        }
        return false;
    }
}
