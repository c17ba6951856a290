/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.CloseReason;
import io.hoofbeat.protocol.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** The talk with somebody who is turned away: he is told why, and nothing is listened to. Event loop. */
final class Refusal implements Talk {
    private final Framing framing;

    /** Null once it was said, or if the goodbye is enough. */
    private @Nullable Frame error;

    Refusal(Framing framing, @Nullable Frame error) {
        this.framing = framing;
        this.error = error;
    }

    @Override
    public boolean drain(Output out) {
        if (error != null) {
            ByteBuf encoded = out.encode(error, null);
            error = null;
            framing.frame(encoded.array(), encoded.readableBytes(), out);
        }
        return true;
    }

    @Override
    public void add(ByteBuf in, ByteBufAllocator allocator) {
        in.release();
    }

    @Override
    public void add(JsonStrings strings) {}

    @Override
    public void nextTurn() {}

    @Override
    public boolean proceed(ByteBufAllocator allocator) {
        return false;
    }

    @Override
    public boolean wantsMore() {
        return true;
    }

    @Override
    public boolean isEmpty() {
        return true;
    }

    @Override
    public boolean isPaused() {
        return false;
    }

    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public boolean isWelcome() {
        return false;
    }

    @Override
    public void skip(ByteBufAllocator allocator) {}

    @Override
    public long onTimer(long nowNanos, long lastReadNanos, long lastWriteNanos) {
        return Long.MAX_VALUE;
    }

    @Override
    public void end(CloseReason reason, String text) {}

    @Override
    public void closed() {}

    @Override
    public void release() {
        framing.release();
    }
}
