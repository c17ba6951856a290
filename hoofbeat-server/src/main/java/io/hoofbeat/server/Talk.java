/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** What is spoken on a connection, whatever carries it: STOMP with a session, or messages with a handler. Event loop. */
sealed interface Talk permits StompTalk, MessageTalk, Refusal {

    /** Begins a talk on a connection. */
    interface Starter {
        /**
         * Begins it.
         *
         * @param refusal why it ends at once; null if it does not
         */
        Talk start(Carrier carrier, Loop loop, Framing framing, @Nullable String refusal);
    }

    // ---- what comes in

    /** Takes over what was read. */
    void add(ByteBuf in, ByteBufAllocator allocator);

    /** The same of messages that SockJS brought. */
    void add(JsonStrings strings);

    /** Others have had their turn: so much work as one may do in a go is to be done again. */
    void nextTurn();

    /**
     * Goes through what was added, as far as it is wanted, until its turn is over.
     *
     * @return whether there is more for another turn
     * @throws WebSocketException if the framing is broken
     */
    boolean proceed(ByteBufAllocator allocator);

    /** Whether more should be read. */
    boolean wantsMore();

    /** Whether everything that was read has been taken. */
    boolean isEmpty();

    /** Whether nothing is taken just now. */
    boolean isPaused();

    void pause();

    /** What is here already is for {@link #proceed}. */
    void resume();

    /** Whether it is known who it is: before that it may hold little, and not for long. */
    boolean isWelcome();

    /** It has ended: what was read is looked at for what concerns the framing alone, and forgotten. */
    void skip(ByteBufAllocator allocator);

    // ---- what goes out

    /**
     * Writes what there is while there is room for it.
     *
     * @return whether that was all
     */
    boolean drain(Output out);

    /** Whether there is nothing to write before somebody wakes the carrier, although not everything was written. */
    default boolean awaitsWake() {
        return false;
    }

    // ---- time, and the end

    /**
     * Time passes.
     *
     * @param lastReadNanos when the last octet came
     * @param lastWriteNanos when the peer took the last octet
     * @return nanoseconds until the next call
     */
    long onTimer(long nowNanos, long lastReadNanos, long lastWriteNanos);

    /** Ends it with a last word, if it has not ended; {@link Carrier#end} follows. */
    void end(CloseReason reason, String text);

    /** The connection is gone, or what is read from it of no interest any more. May come twice. */
    void closed();

    /** Gives back what it holds. */
    void release();
}
