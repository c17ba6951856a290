/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.Arrays;

/**
 * Where heads and tails of messages are put together before they get arrays of their own. A thread has one buffer for all; who takes
 * it has done with it before anybody else does.
 */
final class Scratch {
    private static final int KEPT = 64 * 1024;

    private static final FastThreadLocal<ByteBuf> BUFFER = new FastThreadLocal<>() {
        @Override
        protected ByteBuf initialValue() {
            return Unpooled.buffer(1_024);
        }
    };

    private Scratch() {}

    /** The thread's buffer, empty; another one for what is large. */
    static ByteBuf take(int expected) {
        return expected > KEPT ? Unpooled.buffer(expected) : BUFFER.get().clear();
    }

    /** What was written, in an array of its own. */
    static byte[] copy(ByteBuf out) {
        if (out.capacity() > KEPT) {
            BUFFER.remove();
        }
        return Arrays.copyOf(out.array(), out.writerIndex());
    }

    /** Writes a number that is not negative, in decimal. */
    static void decimal(long value, ByteBuf out) {
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        int start = out.writerIndex();
        out.ensureWritable(digits);
        long rest = value;
        for (int i = start + digits - 1; i >= start; i--) {
            out.setByte(i, (int) ('0' + rest % 10));
            rest /= 10;
        }
        out.writerIndex(start + digits);
    }
}
