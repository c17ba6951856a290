/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

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

    private static final Command[] ALL = values();

    /** The word on the wire. */
    @SuppressWarnings("ImmutableEnumChecker") // nobody writes to it
    final byte[] octets = name().getBytes(StandardCharsets.US_ASCII);

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

    /** Whether its headers are never escaped (S11-ESC-7, S12-ESC-8). */
    public boolean isRaw() {
        return this == CONNECT || this == STOMP || this == CONNECTED;
    }

    /** Whether it is a command of that version. STOMP, which opens sessions of any, always is. */
    boolean isIn(Version version) {
        return this != NACK || version.hasNack();
    }

    /** Whether a client may send it before a version is fixed. */
    boolean opens() {
        return this == CONNECT || this == STOMP;
    }

    /** Whether a server may send it before a version is fixed. */
    boolean answersOpening() {
        return this == CONNECTED || this == ERROR;
    }

    /** The command with that name in ASCII, null if there is none. */
    static @Nullable Command of(byte[] octets, int length) {
        for (Command command : ALL) {
            if (command.octets.length == length && Arrays.equals(command.octets, 0, length, octets, 0, length)) {
                return command;
            }
        }
        return null;
    }
}
