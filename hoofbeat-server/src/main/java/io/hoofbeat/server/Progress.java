/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/** Whether a peer takes what is written to it, and when it did so last. One thread at a time. */
final class Progress {
    private long lastWriteNanos;

    /** What the channel had not written when that was looked at last. */
    private long pendingBefore;

    private long progressBefore;

    Progress(long nowNanos) {
        this.lastWriteNanos = nowNanos;
    }

    /** Something was written and flushed. */
    void wrote(Channel channel, long nowNanos) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        pendingBefore = buffer == null ? 0 : buffer.totalPendingWriteBytes();
        progressBefore = buffer == null ? 0 : buffer.currentProgress();
        if (pendingBefore == 0) {
            lastWriteNanos = nowNanos;
        }
    }

    /** The peer takes octets, again or in any case. */
    void goesOn(long nowNanos) {
        lastWriteNanos = nowNanos;
    }

    /** As far as that was known when it was looked at last. */
    long lastWriteNanos() {
        return lastWriteNanos;
    }

    /** When the peer took octets last, as far as it is known: what did not leave with its flush leaves unseen. */
    long lastWriteNanos(Channel channel, long nowNanos) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        long pending = buffer == null ? 0 : buffer.totalPendingWriteBytes();
        long progress = buffer == null ? 0 : buffer.currentProgress();
        if (pending < pendingBefore || (pending == pendingBefore && progress > progressBefore)) {
            lastWriteNanos = nowNanos;
        }
        pendingBefore = pending;
        progressBefore = progress;
        return lastWriteNanos;
    }
}
