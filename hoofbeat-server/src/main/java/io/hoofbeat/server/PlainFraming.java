/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.Message;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** STOMP as it is, on TCP or TLS: nothing surrounds a frame but, if it is wanted, a line feed behind it (SX-TRAIL-1). */
final class PlainFraming implements Framing {
    static final PlainFraming PLAIN = new PlainFraming(false);
    static final PlainFraming TRAILING_LINE_FEED = new PlainFraming(true);

    private final boolean lineFeed;

    private PlainFraming(boolean lineFeed) {
        this.lineFeed = lineFeed;
    }

    @Override
    public @Nullable ByteBuf next(ByteBuf in) {
        return in.isReadable() ? in : null;
    }

    @Override
    public boolean isEnded() {
        return false;
    }

    @Override
    public int endCode() {
        return CloseCode.NONE;
    }

    @Override
    public void frame(byte[] frame, int length, Output out) {
        out.octets(frame, 0, length);
        end(out);
    }

    @Override
    public void message(byte[] head, byte[] tail, Message message, Output out) {
        out.octets(head);
        out.octets(tail);
        end(out);
    }

    @Override
    public int piece(Place place, Message message, byte[] octets, int offset, int length, Output out) {
        out.octets(octets, offset, length);
        if (place == Place.LAST) {
            out.octet(0);
            end(out);
        }
        return length;
    }

    @Override
    public void payload(byte[] octets, boolean binary, Output out) {
        out.octets(octets);
    }

    private void end(Output out) {
        if (lineFeed) {
            out.octet('\n');
        }
    }

    @Override
    public void beat(Output out) {
        out.octet('\n');
    }

    @Override
    public void control(Output out) {}

    @Override
    public void goodbye(int code, String text, Output out) {}

    @Override
    public boolean awaitsGoodbye() {
        return false;
    }

    @Override
    public long onTimer(long nowNanos, long lastReadNanos) {
        return Long.MAX_VALUE;
    }

    @Override
    public void release() {}
}
