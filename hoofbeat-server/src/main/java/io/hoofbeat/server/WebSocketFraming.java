/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.broker.Message;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * STOMP in WebSocket: each message that goes out is one STOMP frame or one heart-beat (WS-OUT-1, WS-OUT-2); what comes in is one
 * stream, however it is cut into messages (WS-IN-1 to 3).
 */
final class WebSocketFraming implements Framing, WebSocketInput.Control {
    private static final int FINAL = 0x80;
    private static final int COMPRESSED = 0x40;

    private static final long FLOOD_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int FLOOD_PINGS = 100;
    static final int MOST_OF_REASON = 123;

    /** Shorter messages are not worth it (WS-PMD-6). */
    private static final int LEAST_COMPRESSED = 512;

    private final Loop loop;
    /** Has control() called soon. */
    private final Runnable wake;

    private final WebSocketInput input;
    private final boolean compresses;
    /** 0: never. */
    private final long pingAfterNanos;

    /** What the peer asked for with its Pings; null while there is nothing. */
    private @Nullable Queue<byte[]> pongs;

    private long floodStartNanos;
    private int pings;

    /** When a Ping was sent that nothing has answered; 0 if there is none. */
    private long pingedNanos;

    private boolean pingIsDue;
    private boolean saidGoodbye;

    /**
     * Starts after the handshake.
     *
     * @param compresses whether permessage-deflate was agreed on
     * @param mostInflated octets that may come out of one compressed message
     * @param pingAfter after which silence a Ping is sent; 0: never
     * @param marksEnds whether the ends of messages are of interest: {@link WebSocketInput#END_OF_MESSAGE}
     */
    WebSocketFraming(
            Loop loop, Runnable wake, boolean compresses, long mostInflated, Duration pingAfter, boolean marksEnds) {
        this.pingAfterNanos = pingAfter.toNanos();
        this.loop = loop;
        this.wake = wake;
        this.compresses = compresses;
        this.input = new WebSocketInput(this, compresses ? loop.inflations() : null, mostInflated, marksEnds);
    }

    @Override
    public @Nullable ByteBuf next(ByteBuf in) {
        return input.next(in);
    }

    /** Whether the message that ended last was binary. */
    @Override
    public boolean wasBinary() {
        return input.wasBinary();
    }

    @Override
    public boolean isEnded() {
        return input.isEnded();
    }

    @Override
    public int endCode() {
        return input.closeCode();
    }

    @Override
    public String endReason() {
        return input.closeReason();
    }

    @Override
    public void onPing(byte[] payload) {
        if (saidGoodbye) {
            return;
        }
        long now = loop.nanoTime();
        if (now - floodStartNanos > FLOOD_NANOS || pings == 0) {
            floodStartNanos = now;
            pings = 0;
        }
        pings++;
        if (pings > FLOOD_PINGS) {
            throw new WebSocketException(
                    CloseCode.POLICY, "more than " + FLOOD_PINGS + " pings in " + FLOOD_NANOS / 1_000_000_000 + " s");
        }
        if (pongs == null) {
            pongs = new ArrayDeque<>(2);
        }
        pongs.add(payload);
        wake.run();
    }

    @Override
    public void control(Output out) {
        if (pongs != null) {
            for (byte[] payload : pongs) {
                head(FINAL | WebSocketInput.PONG, payload.length, out);
                out.octets(payload);
            }
            pongs = null;
        }
        if (pingIsDue) {
            pingIsDue = false;
            head(FINAL | WebSocketInput.PING, 0, out);
        }
    }

    @Override
    public void frame(byte[] frame, int length, Output out) {
        head(FINAL | WebSocketInput.TEXT, length, out);
        out.octets(frame, 0, length);
    }

    @Override
    public void payload(byte[] octets, boolean binary, Output out) {
        int opcode = binary ? WebSocketInput.BINARY : WebSocketInput.TEXT;
        if (compresses && !binary && octets.length >= LEAST_COMPRESSED) {
            byte[] compressed = loop.deflation().compress(octets, 0, octets.length, false);
            if (compressed.length - Deflation.CUT < octets.length) {
                head(FINAL | COMPRESSED | opcode, compressed.length - Deflation.CUT, out);
                out.octets(compressed, 0, compressed.length - Deflation.CUT);
                return;
            }
        }
        head(FINAL | opcode, octets.length, out);
        out.octets(octets);
    }

    @Override
    public void message(byte[] head, byte[] tail, Message message, Output out) {
        int length = head.length + tail.length;
        if (length >= LEAST_COMPRESSED && isCompressed(message)) {
            byte[] compressed = loop.deflation().compress(tail, 0, tail.length, false);
            int compressedLength = Deflation.storedLength(head.length) + compressed.length - Deflation.CUT;
            if (compressedLength < length) {
                head(FINAL | COMPRESSED | opcode(message), compressedLength, out);
                Deflation.store(head, out);
                out.octets(compressed, 0, compressed.length - Deflation.CUT);
                return;
            }
        }
        head(FINAL | opcode(message), length, out);
        out.octets(head);
        out.octets(tail);
    }

    @Override
    public int piece(Place place, Message message, byte[] octets, int offset, int length, Output out) {
        int first = place == Place.FIRST ? opcode(message) : WebSocketInput.CONTINUATION;
        boolean last = place == Place.LAST;
        if (isCompressed(message)) {
            if (place == Place.FIRST) {
                head(first | COMPRESSED, Deflation.storedLength(length), out);
                Deflation.store(octets, out);
            } else {
                byte[] compressed = loop.deflation().compress(octets, offset, length, last);
                int count = last ? compressed.length - Deflation.CUT : compressed.length;
                head(last ? first | FINAL : first, count, out);
                out.octets(compressed, 0, count);
            }
            return length;
        }
        head(last ? first | FINAL : first, last ? length + 1 : length, out);
        out.octets(octets, offset, length);
        if (last) {
            out.octet(0);
        }
        return length;
    }

    private boolean isCompressed(Message message) {
        return compresses && Deflation.isWorthIt(message);
    }

    private static int opcode(Message message) {
        return message.isText() ? WebSocketInput.TEXT : WebSocketInput.BINARY;
    }

    @Override
    public void beat(Output out) {
        head(FINAL | WebSocketInput.TEXT, 1, out);
        out.octet('\n');
    }

    static void head(int first, int length, Output out) {
        out.octet(first);
        if (length < 126) {
            out.octet(length);
        } else if (length <= 0xffff) {
            out.octet(126);
            out.octet(length >> 8);
            out.octet(length);
        } else {
            out.octet(127);
            for (int i = 0; i < 4; i++) {
                out.octet(0);
            }
            for (int shift = 24; shift >= 0; shift -= 8) {
                out.octet(length >> shift);
            }
        }
    }

    /** A Close; the answer to the peer's, if it was first, has the peer's code (WS-CLOSE-1). */
    @Override
    public void goodbye(int code, String text, Output out) {
        saidGoodbye = true;
        pongs = null;
        if (code == CloseCode.NONE) {
            head(FINAL | WebSocketInput.CLOSE, 0, out);
            return;
        }
        byte[] reason = reason(text);
        head(FINAL | WebSocketInput.CLOSE, 2 + reason.length, out);
        out.octet(code >> 8);
        out.octet(code);
        out.octets(reason);
    }

    /** At most 123 octets, not cut within a character (WS-CLOSE-3). */
    private static byte[] reason(String text) {
        byte[] whole = text.getBytes(UTF_8);
        if (whole.length <= MOST_OF_REASON) {
            return whole;
        }
        int end = MOST_OF_REASON;
        while ((whole[end] & 0xc0) == 0x80) {
            end--;
        }
        return java.util.Arrays.copyOf(whole, end);
    }

    @Override
    public boolean awaitsGoodbye() {
        return !input.isEnded();
    }

    /** A Ping after 30 s of silence, if that is the setting, and the end after a further 30 s (WS-CTL-3). */
    @Override
    public long onTimer(long nowNanos, long lastReadNanos) {
        if (pingAfterNanos == 0) {
            return Long.MAX_VALUE;
        }
        if (pingedNanos != 0 && lastReadNanos - pingedNanos >= 0) {
            pingedNanos = 0;
        }
        if (pingedNanos != 0) {
            long left = pingedNanos + pingAfterNanos - nowNanos;
            return left > 0 ? left : -1;
        }
        long silence = nowNanos - lastReadNanos;
        if (silence < pingAfterNanos) {
            return pingAfterNanos - silence;
        }
        pingedNanos = nowNanos == 0 ? 1 : nowNanos;
        pingIsDue = true;
        wake.run();
        return pingAfterNanos;
    }

    @Override
    public void release() {
        input.release();
        pongs = null;
    }
}
