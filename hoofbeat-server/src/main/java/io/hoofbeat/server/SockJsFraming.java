/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.hoofbeat.broker.Message;
import io.hoofbeat.protocol.Version;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * SockJS in responses of HTTP: what is written in one go becomes one array of strings, each of which holds a frame of STOMP, or a
 * message of a handler. What comes in has been taken out of its JSON before. Event loop of the session.
 */
final class SockJsFraming implements Framing {
    /** The same for all, since messages keep what it makes of them. */
    static final UnaryOperator<byte[]> QUOTE = JsonText::quote;

    private static final byte[] FIRST = "a[\"".getBytes(US_ASCII);
    private static final byte[] NEXT = ",\"".getBytes(US_ASCII);
    private static final byte[] QUOTE_MARK = "\"".getBytes(US_ASCII);
    private static final byte[] END = "]".getBytes(US_ASCII);
    private static final byte[] BEAT = "\\n".getBytes(US_ASCII);
    static final byte[] NUL = "\\u0000".getBytes(US_ASCII);

    /** Where frames go; null between two requests. */
    private @Nullable SockJsReceiver receiver;

    private boolean isInArray;
    private boolean isInString;

    /** What was quoted last, and what became of it: most heads are the same again and again. */
    private byte @Nullable [] head;

    private byte @Nullable [] quotedHead;

    /** Writes there from now on; null: nowhere. */
    void use(@Nullable SockJsReceiver receiver) {
        this.receiver = receiver;
        isInArray = false;
        isInString = false;
    }

    private SockJsReceiver receiver() {
        return Objects.requireNonNull(receiver);
    }

    /** Ends what was written in one go. @return false if a message was written in part */
    boolean endArray(Output out) {
        if (isInArray && !isInString) {
            receiver().put(END, out);
            receiver().end(out);
            isInArray = false;
        }
        return !isInArray;
    }

    private void open(Output out) {
        if (isInArray) {
            receiver().put(NEXT, out);
        } else {
            isInArray = true;
            receiver().start(out);
            receiver().put(FIRST, out);
        }
    }

    private void string(byte[] quoted, Output out) {
        open(out);
        receiver().put(quoted, out);
        receiver().put(QUOTE_MARK, out);
    }

    @Override
    public @Nullable ByteBuf next(ByteBuf in) {
        return in.isReadable() ? in : null;
    }

    @Override
    public byte[] head(byte[] plain) {
        byte[] quoted = quotedHead;
        if (quoted == null || head != plain) {
            quoted = JsonText.quote(plain);
            head = plain;
            quotedHead = quoted;
        }
        return quoted;
    }

    @Override
    public byte[] tail(Message message, Version version) {
        return message.quotedTail(version, QUOTE);
    }

    @Override
    public void frame(byte[] frame, int length, Output out) {
        string(JsonText.quote(frame, 0, length), out);
    }

    @Override
    public void message(byte[] head, byte[] tail, Message message, Output out) {
        open(out);
        receiver().put(head, out);
        receiver().put(tail, out);
        receiver().put(QUOTE_MARK, out);
    }

    @Override
    public int piece(Place place, Message message, byte[] octets, int offset, int length, Output out) {
        if (place == Place.FIRST) {
            open(out);
            isInString = true;
            receiver().put(octets, out);
            return length;
        }
        boolean last = place == Place.LAST;
        int taken = last ? length : bodyLength(message, octets, offset, length);
        receiver().put(body(message, octets, offset, taken), out);
        if (last) {
            receiver().put(NUL, out);
            receiver().put(QUOTE_MARK, out);
            isInString = false;
        }
        return taken;
    }

    /** How much of a piece of a body can be written without the next one. */
    static int bodyLength(Message message, byte[] octets, int offset, int length) {
        return message.isUtf8() ? JsonText.whole(octets, offset, length) : length - length % 3;
    }

    /** A piece of a body: quoted if it is text, else in base64 (SJ-BIN-1). */
    static byte[] body(Message message, byte[] octets, int offset, int length) {
        return message.isUtf8()
                ? JsonText.quote(octets, offset, length)
                : Base64.getEncoder().encode(Arrays.copyOfRange(octets, offset, offset + length));
    }

    @Override
    public void payload(byte[] octets, boolean binary, Output out) {
        string(JsonText.quote(octets), out);
    }

    @Override
    public void beat(Output out) {
        string(BEAT, out);
    }

    // ---- what requests have no need of

    @Override
    public void control(Output out) {}

    @Override
    public boolean isEnded() {
        return false;
    }

    @Override
    public int endCode() {
        return CloseCode.NONE;
    }

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
    public void release() {
        use(null);
    }
}
