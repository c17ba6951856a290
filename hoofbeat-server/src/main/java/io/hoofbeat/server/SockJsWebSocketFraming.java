/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.hoofbeat.broker.Message;
import io.hoofbeat.protocol.Version;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * SockJS in a WebSocket: each message that goes out is a frame of SockJS with one frame of STOMP, or one message of a handler,
 * in it; each that comes in is collected, since half of its JSON is of no use. Event loop.
 */
final class SockJsWebSocketFraming implements Framing {
    private static final int TEXT = 0x80 | WebSocketInput.TEXT;
    private static final byte[] OPEN = {'o'};
    private static final byte[] HEARTBEAT = {'h'};
    private static final byte[] FIRST = "a[\"".getBytes(US_ASCII);
    private static final byte[] END = "\"]".getBytes(US_ASCII);
    private static final byte[] BEAT = "\\n".getBytes(US_ASCII);

    private final Loop loop;
    private final Runnable wake;
    private final WebSocketFraming socket;
    private final boolean marksEnds;
    private final IntSupplier mostOfMessage;
    private final long heartbeatNanos;

    /** What has come of a message; null if nothing has. */
    private @Nullable ByteBuf collected;

    /** What came in the last message and was not handed on; null if there is nothing. */
    private @Nullable JsonStrings strings;

    private int nextString;
    private boolean endIsNext;
    private boolean isOpened;
    private boolean heartbeatIsDue;
    private long lastSentNanos;

    /**
     * Starts after the handshake.
     *
     * @param mostOfMessage octets that a message may have on its way, now
     */
    SockJsWebSocketFraming(Loop loop, Runnable wake, Mount mount, IntSupplier mostOfMessage, Duration pingAfter) {
        this.loop = loop;
        this.wake = wake;
        this.socket = new WebSocketFraming(loop, wake, false, 0, pingAfter, true);
        this.marksEnds = mount.isOfMessages();
        this.mostOfMessage = mostOfMessage;
        this.heartbeatNanos = mount.sockJs().heartbeatTime().toNanos();
        this.lastSentNanos = loop.nanoTime();
        wake.run();
    }

    // ---- what comes in

    @Override
    public @Nullable ByteBuf next(ByteBuf in) {
        while (true) {
            if (endIsNext) {
                endIsNext = false;
                return WebSocketInput.END_OF_MESSAGE;
            }
            if (strings != null) {
                ByteBuf piece = nextString(strings);
                if (piece != null) {
                    return piece;
                }
                strings = null;
            }
            ByteBuf run = socket.next(in);
            if (run == null) {
                return null;
            } else if (WebSocketInput.isEndOfMessage(run)) {
                end();
            } else {
                collect(run);
            }
        }
    }

    private @Nullable ByteBuf nextString(JsonStrings from) {
        if (nextString == from.count()) {
            return null;
        }
        if (marksEnds) {
            endIsNext = true;
            return from.piece(nextString++);
        }
        nextString = from.count();
        return from.all();
    }

    private void collect(ByteBuf run) {
        if (collected == null) {
            collected = Unpooled.buffer(run.readableBytes());
        }
        int most = mostOfMessage.getAsInt();
        if (collected.readableBytes() + run.readableBytes() > most) {
            collected = null;
            throw new WebSocketException(CloseCode.TOO_LARGE, "a message of more than " + most + " octets");
        }
        collected.writeBytes(run);
    }

    private void end() {
        ByteBuf message = collected;
        collected = null;
        if (socket.wasBinary()) {
            throw new WebSocketException(CloseCode.NOT_ACCEPTED, "SockJS carries text only");
        }
        if (message == null) {
            return;
        }
        strings = JsonStrings.read(message, true, SockJsIntake.MOST_MESSAGES);
        nextString = 0;
        if (strings == null) {
            throw new WebSocketException(CloseCode.BAD_DATA, "Broken JSON encoding.");
        }
    }

    @Override
    public boolean wasBinary() {
        return false;
    }

    @Override
    public boolean isEnded() {
        return socket.isEnded();
    }

    @Override
    public int endCode() {
        return socket.endCode();
    }

    @Override
    public String endReason() {
        return socket.endReason();
    }

    // ---- what goes out

    @Override
    public void control(Output out) {
        if (!isOpened) {
            isOpened = true;
            text(OPEN, out);
        }
        if (heartbeatIsDue) {
            heartbeatIsDue = false;
            text(HEARTBEAT, out);
        }
        socket.control(out);
    }

    private void text(byte[] frame, Output out) {
        head(TEXT, frame.length, out);
        out.octets(frame);
    }

    private void head(int first, int length, Output out) {
        lastSentNanos = loop.nanoTime();
        WebSocketFraming.head(first, length, out);
    }

    private void string(byte[] quoted, Output out) {
        head(TEXT, FIRST.length + quoted.length + END.length, out);
        out.octets(FIRST);
        out.octets(quoted);
        out.octets(END);
    }

    @Override
    public byte[] head(byte[] plain) {
        return JsonText.quote(plain);
    }

    @Override
    public byte[] tail(Message message, Version version) {
        return message.quotedTail(version, SockJsFraming.QUOTE);
    }

    @Override
    public void frame(byte[] frame, int length, Output out) {
        string(JsonText.quote(frame, 0, length), out);
    }

    @Override
    public void message(byte[] head, byte[] tail, Message message, Output out) {
        head(TEXT, FIRST.length + head.length + tail.length + END.length, out);
        out.octets(FIRST);
        out.octets(head);
        out.octets(tail);
        out.octets(END);
    }

    @Override
    public int piece(Place place, Message message, byte[] octets, int offset, int length, Output out) {
        if (place == Place.FIRST) {
            head(WebSocketInput.TEXT, FIRST.length + length, out);
            out.octets(FIRST);
            out.octets(octets, offset, length);
            return length;
        }
        boolean last = place == Place.LAST;
        int taken = last ? length : SockJsFraming.bodyLength(message, octets, offset, length);
        byte[] body = SockJsFraming.body(message, octets, offset, taken);
        if (last) {
            head(0x80 | WebSocketInput.CONTINUATION, body.length + SockJsFraming.NUL.length + END.length, out);
            out.octets(body);
            out.octets(SockJsFraming.NUL);
            out.octets(END);
        } else {
            head(WebSocketInput.CONTINUATION, body.length, out);
            out.octets(body);
        }
        return taken;
    }

    @Override
    public void payload(byte[] octets, boolean binary, Output out) {
        string(JsonText.quote(octets), out);
    }

    @Override
    public void beat(Output out) {
        string(BEAT, out);
    }

    /** Why, in a frame of SockJS, and then WebSocket's Close, with that code if it is one of an application (SJ-WS-6). */
    @Override
    public void goodbye(int code, String text, Output out) {
        if (socket.isEnded()) {
            socket.goodbye(code, text, out);
            return;
        }
        text(JsonText.close(code, text), out);
        boolean isApplications = code == CloseCode.NORMAL || (code >= 3000 && code <= 4999);
        socket.goodbye(isApplications ? code : CloseCode.NORMAL, text, out);
    }

    @Override
    public boolean awaitsGoodbye() {
        return socket.awaitsGoodbye();
    }

    @Override
    public long onTimer(long nowNanos, long lastReadNanos) {
        long left = lastSentNanos + heartbeatNanos - nowNanos;
        if (left <= 0) {
            heartbeatIsDue = true;
            wake.run();
            left = heartbeatNanos;
        }
        long delay = socket.onTimer(nowNanos, lastReadNanos);
        return delay < 0 ? delay : Math.min(delay, left);
    }

    @Override
    public void release() {
        collected = null;
        strings = null;
        socket.release();
    }
}
