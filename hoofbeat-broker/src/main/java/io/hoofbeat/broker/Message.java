/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.hoofbeat.protocol.FrameEncoder;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.Version;
import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What was sent, as all its receivers share it; its wire form is made once for each version.
 *
 * <p>A MESSAGE on the wire is a subscription's head and this message's tail. The tail begins in the middle of a line, with the
 * number that ends {@code message-id}: the part before it is the subscription's. Since what the server says of itself comes first,
 * and of repeated headers the first counts, no publisher can forge it; what is the server's own is not carried over besides
 * (SX-MSG-3). Two threads may make the same tail at a time; both make the same octets, so that the race is harmless.
 */
public final class Message {

    /** Bodies from this size on are not part of {@link #tail}: they are written by reference behind it, and then a NUL. */
    public static final int LARGE = 16 * 1024;

    private static final int KNOWN = 1;
    private static final int UTF_8 = 2;
    private static final int TEXT = 4;

    /** What a message costs beside its octets, for accounting: the objects around them. */
    private static final int OVERHEAD = 256;

    /** Hands a tail from the thread that made it to others. */
    private static final VarHandle TAILS = MethodHandles.arrayElementVarHandle(byte[][].class);

    private static final byte[] CONTENT_LENGTH = "content-length:".getBytes(US_ASCII);
    private static final byte[] BODY_ENCODING = "body-encoding:base64\n".getBytes(US_ASCII);

    private final long number;
    private final String destination;
    private final Headers own;
    private final Headers headers;
    private final byte[] body;
    private final long origin;
    private final long expiresAtMillis;
    /** By version, null until asked for. */
    private final byte[] @Nullable [] tails = new byte[3][];

    /** Belong to {@link OutboxMemory}: its look that saw this last, and how many rooms held it then. */
    int look;

    int holders;

    /** The same for {@link #quotedTail}; null as a whole until asked for. A race makes it twice, and one is forgotten. */
    private volatile byte @Nullable [] @Nullable [] quotedTails;

    /** What the body is: of {@link #KNOWN}, {@link #UTF_8} and {@link #TEXT}. Found out by whoever asks first. */
    private byte kind;

    /**
     * A message to be.
     *
     * @param number broker-wide, ascending
     * @param own the server's headers for it, beside those that every MESSAGE has
     * @param headers those of the SEND, whatever they are
     * @param origin the number of the session that sent it, 0 if it was none
     * @param expiresAtMillis when its time is over, by the wall clock; 0: never
     */
    Message(
            long number,
            String destination,
            Headers own,
            Headers headers,
            byte[] body,
            long origin,
            long expiresAtMillis) {
        this.number = number;
        this.destination = destination;
        this.own = own;
        this.headers = headers;
        this.body = body;
        this.origin = origin;
        this.expiresAtMillis = expiresAtMillis;
    }

    /** Broker-wide and ascending; the second part of every {@code message-id} of this message. */
    public long number() {
        return number;
    }

    /** As in the SEND (S12-MSG-2). */
    public String destination() {
        return destination;
    }

    /** The headers of the SEND. */
    public Headers headers() {
        return headers;
    }

    /** Shared; not to be changed. */
    public byte[] body() {
        return body;
    }

    /** Where an answer goes; a temporary queue under its real name. */
    @Nullable String replyTo() {
        String replaced = own.get("reply-to");
        return replaced != null ? replaced : headers.get("reply-to");
    }

    long origin() {
        return origin;
    }

    boolean isExpired(long nowMillis) {
        return expiresAtMillis != 0 && expiresAtMillis <= nowMillis;
    }

    long expiresAtMillis() {
        return expiresAtMillis;
    }

    /** About the octets of heap that it holds. */
    public int size() {
        return OVERHEAD + headers.octets() + body.length;
    }

    /** Whether {@link #tail} ends before the body. */
    public boolean isLarge() {
        return body.length >= LARGE;
    }

    /**
     * The MESSAGE from the number in its {@code message-id} on: the rest of that line, headers, the empty line and, unless the
     * message is large, body and NUL. Shared; not to be changed.
     */
    @SuppressWarnings("EnumOrdinal") // an index among three, nothing that is kept
    public byte[] tail(Version version) {
        byte[] tail = (byte[]) TAILS.getAcquire(tails, version.ordinal());
        if (tail == null) {
            tail = encodeTail(version, false);
            TAILS.setRelease(tails, version.ordinal(), tail);
        }
        return tail;
    }

    /**
     * The same for what carries text only, in the form that it has there: a body that is not UTF-8 is in base64, which a header
     * {@code body-encoding} says (SJ-BIN-1). Made once for each version, too.
     *
     * @param form what becomes of the octets; always the same
     */
    @SuppressWarnings("EnumOrdinal") // as above
    public byte[] quotedTail(Version version, UnaryOperator<byte[]> form) {
        byte[][] all = quotedTails;
        if (all == null) {
            all = new byte[3][];
            quotedTails = all;
        }
        byte[] tail = (byte[]) TAILS.getAcquire(all, version.ordinal());
        if (tail == null) {
            tail = form.apply(isUtf8() ? tail(version) : encodeTail(version, true));
            TAILS.setRelease(all, version.ordinal(), tail);
        }
        return tail;
    }

    private byte[] encodeTail(Version version, boolean base64) {
        int length = base64 ? (body.length + 2) / 3 * 4 : body.length;
        int bodyHere = isLarge() ? 0 : length + 1;
        ByteBuf out = Scratch.take(96 + destination.length() + own.octets() + headers.octets() * 5 / 4 + bodyHere);
        Scratch.decimal(number, out);
        out.writeByte('\n');
        FrameEncoder.header("destination", destination, version, out);
        for (int i = 0; i < own.size(); i++) {
            FrameEncoder.header(own, i, version, out);
        }
        for (int i = 0; i < headers.size(); i++) {
            if (isForwarded(i)) {
                FrameEncoder.header(headers, i, version, out);
            }
        }
        if (base64) {
            out.writeBytes(BODY_ENCODING);
        }
        out.writeBytes(CONTENT_LENGTH);
        Scratch.decimal(length, out);
        out.writeShort('\n' << 8 | '\n');
        if (bodyHere > 0) {
            out.writeBytes(base64 ? Base64.getEncoder().encode(body) : body);
            out.writeByte(0);
        }
        return Scratch.copy(out);
    }

    private boolean isForwarded(int header) {
        return !ServerHeaders.owns(headers, header) && (own.size() == 0 || !own.contains(headers.name(header)));
    }

    /** The same headers behind those of a subscription; content-length is the encoder's matter. */
    void addTo(Headers.Builder frame) {
        frame.add("destination", destination).addAll(own);
        for (int i = 0; i < headers.size(); i++) {
            if (isForwarded(i)) {
                frame.add(headers, i);
            }
        }
    }

    /**
     * Whether the frame is text: its body is UTF-8 and its content-type is not {@code application/octet-stream} (WS-OUT-3). The
     * head always is.
     */
    public boolean isText() {
        return (kind() & TEXT) != 0;
    }

    /** Whether the body is UTF-8. */
    public boolean isUtf8() {
        return (kind() & UTF_8) != 0;
    }

    private int kind() {
        if (kind == 0) {
            boolean utf8 = looksLikeUtf8();
            kind = (byte) (KNOWN | (utf8 ? UTF_8 : 0) | (utf8 && isTextType() ? TEXT : 0));
        }
        return kind;
    }

    private boolean isTextType() {
        String type = headers.get("content-type");
        return type == null || !type.strip().startsWith("application/octet-stream");
    }

    private boolean looksLikeUtf8() {
        int ascii = 0;
        while (ascii < body.length && body[ascii] >= 0) {
            ascii++;
        }
        if (ascii == body.length) {
            return true;
        }
        try {
            var unused = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body, ascii, body.length - ascii));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
