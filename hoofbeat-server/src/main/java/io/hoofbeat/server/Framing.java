/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.Message;
import io.hoofbeat.protocol.Version;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What surrounds STOMP frames on the wire. Event loop. */
sealed interface Framing permits PlainFraming, WebSocketFraming, SockJsFraming, SockJsWebSocketFraming {

    /**
     * The next run of STOMP octets in what was read. Nothing is read ahead: as long as there may be more, the same buffer is
     * handed in again.
     *
     * @param in read and changed, but not released
     * @return null if there is no more in it; else good until the next call, and not to be released
     * @throws WebSocketException if it is broken; nothing more comes out afterwards
     */
    @Nullable ByteBuf next(ByteBuf in);

    /** Whether the message that has just ended was binary; only where messages are kept apart. */
    default boolean wasBinary() {
        return false;
    }

    /** Whether the peer has said that nothing more will come. */
    boolean isEnded();

    /** With which code it said so; {@link CloseCode#NONE} if with none. */
    int endCode();

    /** What it said besides; may be empty. */
    default String endReason() {
        return "";
    }

    /** A whole frame of the server's own. */
    void frame(byte[] frame, int length, Output out);

    /** The beginning of a MESSAGE, {@link io.hoofbeat.broker.Subscription#head}, as this framing carries it. */
    default byte[] head(byte[] head) {
        return head;
    }

    /** The rest of a MESSAGE, {@link Message#tail}, as this framing carries it. */
    default byte[] tail(Message message, Version version) {
        return message.tail(version);
    }

    /** A whole MESSAGE, of what {@link #head} and {@link #tail} gave. */
    void message(byte[] head, byte[] tail, Message message, Output out);

    /**
     * A piece of a MESSAGE that is too large to be written in one go: first head and tail in one, then the body. The pieces of a
     * message come in order, and nothing but {@link #control} comes between.
     *
     * @return how many octets were taken; all of them if it is the first or the last piece
     */
    int piece(Place place, Message message, byte[] octets, int offset, int length, Output out);

    /** Where in its message a piece is. */
    enum Place {
        FIRST,
        MIDDLE,
        /** The NUL is written behind it. */
        LAST
    }

    /** A message of an application's handler; the octets are not changed afterwards by anybody. */
    void payload(byte[] octets, boolean binary, Output out);

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
