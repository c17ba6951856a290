/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What carries octets to the server and back: a socket, or something around one. Used by one thread at a time. */
public interface Wire extends Closeable {

    /** Nothing came within the time. */
    Chunk NOTHING = new Chunk(new byte[0], false, false);

    /**
     * What one read brought.
     *
     * @param octets the octets
     * @param whole whether they are one message of a transport that has messages
     * @param binary whether that message was binary
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Chunk(byte[] octets, boolean whole, boolean binary) {}

    /** Sends the octets at once: in one write, as one message if the transport has messages. */
    void write(byte[] octets) throws IOException;

    /**
     * Waits for octets from the server.
     *
     * @return {@link #NOTHING} if none came within that time, null at the end of what the server sends
     */
    @Nullable Chunk read(int millis) throws IOException;

    /** Says that nothing more will come, and goes on reading. */
    void finish() throws IOException;

    /** Ends the connection by a TCP reset. */
    void reset() throws IOException;

    /** The close code of a WebSocket that the server closed, 0 if there is none. */
    int closeCode();

    /** The reason in that close frame, empty if there is none. */
    String closeReason();

    /** How many octets were read, whatever they were. */
    long octetsRead();

    /** The local port of the connection. */
    int localPort();

    /** The port that it is connected to. */
    int remotePort();
}
