/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.Message;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What surrounds STOMP frames on the wire. Event loop. */
sealed interface Framing permits PlainFraming, WebSocketFraming {

    /**
     * The next run of STOMP octets in what was read. Nothing is read ahead: as long as there may be more, the same buffer is
     * handed in again.
     *
     * @param in read and changed, but not released
     * @return null if there is no more in it; else good until the next call, and not to be released
     * @throws WebSocketException if it is broken; nothing more comes out afterwards
     */
    @Nullable ByteBuf next(ByteBuf in);

    /** Whether the peer has said that nothing more will come. */
    boolean isEnded();

    /** With which code it said so; {@link CloseCode#NONE} if with none. */
    int endCode();

    /** A whole frame of the server's own. */
    void frame(byte[] frame, int length, Output out);

    /** A whole MESSAGE. */
    void message(byte[] head, byte[] tail, Message message, Output out);

    /**
     * A piece of a MESSAGE that is too large to be written in one go. The pieces of a message come in order, and nothing but
     * {@link #control} comes between.
     */
    void piece(Place place, Message message, byte[] octets, int offset, int length, Output out);

    /** Where in its message a piece is. */
    enum Place {
        FIRST,
        MIDDLE,
        /** The NUL is written behind it. */
        LAST
    }

    /** A heart-beat. */
    void beat(Output out);

    /** What the framing itself has to say, such as a Pong. */
    void control(Output out);

    /** Says goodbye, if that is the custom. Nothing more is written after it. */
    void goodbye(int code, String text, Output out);

    /** Whether the peer has to answer the goodbye before the connection ends. */
    boolean awaitsGoodbye();

    /**
     * Time passes.
     *
     * @return nanoseconds until the next call; negative if the peer is gone
     */
    long onTimer(long nowNanos, long lastReadNanos);

    /** Gives back what it holds. */
    void release();
}
