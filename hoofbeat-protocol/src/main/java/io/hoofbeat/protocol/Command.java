/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

/** The fifteen commands of STOMP. The names of the constants are the words on the wire. */
public enum Command {
    CONNECT(true, false),
    STOMP(true, false),
    SEND(true, true),
    SUBSCRIBE(true, false),
    UNSUBSCRIBE(true, false),
    ACK(true, false),
    NACK(true, false),
    BEGIN(true, false),
    COMMIT(true, false),
    ABORT(true, false),
    DISCONNECT(true, false),
    CONNECTED(false, false),
    MESSAGE(false, true),
    RECEIPT(false, false),
    ERROR(false, true);

    private final boolean fromClient;
    private final boolean withBody;

    Command(boolean fromClient, boolean withBody) {
        this.fromClient = fromClient;
        this.withBody = withBody;
    }

    /** Whether clients send it; the others are sent by servers. */
    public boolean isFromClient() {
        return fromClient;
    }

    /** Whether the frame may have a body (S11-BODY-5). */
    public boolean mayHaveBody() {
        return withBody;
    }
}
