/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import java.util.Locale;

/** Who says that a message was processed, and for which messages. */
public enum AckMode {
    /** Nobody: a message counts as processed when the server has written it. */
    AUTO,
    /** The client, for a message and all before it in the same subscription. */
    CLIENT,
    /** The client, for each message. */
    CLIENT_INDIVIDUAL;

    /** As in the {@code ack} header: "client-individual". */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
