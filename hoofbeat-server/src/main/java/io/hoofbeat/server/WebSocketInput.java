/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.server.Inflation.Pool;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads WebSocket frames of a client: takes the mask off, checks that text is UTF-8, inflates, and hands on the payload as it
 * comes. Messages are not collected, and nothing is copied but control frames: the payload is a part of the buffer that was
 * read, or a piece of at most 64 KiB out of the inflater.
 */
final class WebSocketInput {

    private enum State {
        FIRST_OCTET,
        SECOND_OCTET,
        LENGTH,
        MASK,
        PAYLOAD,
        CONTROL,
        ENDED
    }

    /** What is told about control frames. */
    interface Control {
        void onPing(byte[] payload);
    }

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final int FINAL = 0x80;
    private static final int COMPRESSED = 0x40;
    private static final int RESERVED = 0x30;
    private static final int MASKED = 0x80;
    private static final int MOST_OF_CONTROL = 125;
    private static final long NOT_ASCII = 0x8080808080808080L;
    private static final byte[] EMPTY = {};

    /** What {@link #next} gives at the end of a message, to who wants to know. */
    static final ByteBuf END_OF_MESSAGE = Unpooled.EMPTY_BUFFER;

    private final Control control;
    /** Null if compression was not agreed on. */
    private final @Nullable Pool inflations;

    private final long mostInflated;
    private final boolean marksEnds;

    private State state = State.FIRST_OCTET;
    private boolean isFinal;
    private int opcode;
    /** TEXT or BINARY while a message is not complete, else 0. */
    private int message;

    private final Utf8 utf8 = new Utf8();

    /** Octets of the length or of the mask that are to come. */
    private int headLeft;

    /** What needs as many octets for the length as there are. */
    private int leastLength;

    private long payloadLeft;
    /** Turned so that its first octet is for the next one of the payload. */
    private int mask;

    /** Of the control frame that is being read, filled from the start. */
    private byte[] controlPayload = EMPTY;

    /** Null unless a compressed message is being read. */
    private @Nullable Inflation inflation;

    /** Whether the message has come to its end, which has not been told. */
    private boolean isEnding;

    private boolean wasBinary;

    private int closeCode = CloseCode.NONE;
    private String closeReason = "";

    /**
     * Starts after the handshake.
     *
     * @param inflations null if compression was not agreed on
     * @param mostInflated octets that may come out of one compressed message
     * @param marksEnds whether {@link #END_OF_MESSAGE} comes at the end of each message
     */
    WebSocketInput(Control control, @Nullable Pool inflations, long mostInflated, boolean marksEnds) {
        this.marksEnds = marksEnds;
        this.mostInflated = mostInflated;
        this.control = control;
        this.inflations = inflations;
    }

    @SuppressWarnings("ReferenceEquality") // it is a mark, and others may be empty, too
    static boolean isEndOfMessage(ByteBuf piece) {
        return piece == END_OF_MESSAGE;
    }

    /** Whether the peer has sent its Close. */
    boolean isEnded() {
        return state == State.ENDED;
    }

    /** The code of the peer's Close, {@link CloseCode#NONE} if it had none. */
    int closeCode() {
        return closeCode;
    }

    /** The text of the peer's Close; may be empty. */
    String closeReason() {
        return closeReason;
    }

    /** Whether the message that ended last was binary. */
    boolean wasBinary() {
        return wasBinary;
    }

    /** See {@link Framing#next}. */
    @Nullable ByteBuf next(ByteBuf in) {
        try {
            return read(in);
        } catch (WebSocketException e) {
            state = State.ENDED;
            release();
            throw e;
        }
    }

    private @Nullable ByteBuf read(ByteBuf in) {
        while (true) {
            if (isEnding) {
                isEnding = false;
                wasBinary = message == BINARY;
                message = 0;
                if (marksEnds) {
                    return END_OF_MESSAGE;
                }
            }
            if (inflation != null) {
                ByteBuf piece = inflate(inflation);
                if (piece != null) {
                    return piece;
                }
                if (isEnding) {
                    continue;
                }
            }
            if (!in.isReadable()) {
                return null;
            }
            switch (state) {
                case FIRST_OCTET -> firstOctet(in.readByte());
                case SECOND_OCTET -> secondOctet(in.readByte());
                case LENGTH -> length(in.readByte() & 0xff);
                case MASK -> mask(in.readByte() & 0xff);
                case CONTROL -> control(in);
                case ENDED -> in.skipBytes(in.readableBytes());
                case PAYLOAD -> {
                    ByteBuf run = payload(in);
                    if (run != null) {
                        return run;
                    }
                }
            }
        }
    }

    void release() {
        if (inflation != null) {
            inflation.release();
            inflation = null;
        }
    }

    private void firstOctet(int octet) {
        isFinal = (octet & FINAL) != 0;
        opcode = octet & 0x0f;
        boolean compressed = (octet & COMPRESSED) != 0;
        if ((octet & RESERVED) != 0) {
            throw broken("reserved bits without an extension");
        }
        switch (opcode) {
            case CONTINUATION -> {
                if (message == 0) {
                    throw broken("a continuation without a start");
                }
            }
            case TEXT, BINARY -> {
                if (message != 0) {
                    throw broken("a new message inside a fragmented one");
                }
                message = opcode;
                utf8.reset();
            }
            case CLOSE, PING, PONG -> {
                if (!isFinal) {
                    throw broken("a fragmented control frame");
                }
            }
            default -> throw broken("opcode " + opcode);
        }
        if (compressed) {
            beginCompressed();
        }
        state = State.SECOND_OCTET;
    }

    private void beginCompressed() {
        if (inflations == null) {
            throw broken("a compressed frame, but no compression was agreed on");
        }
        if (opcode != TEXT && opcode != BINARY) {
            throw broken("compressed is what only the first frame of a message can be");
        }
        inflation = inflations.take(mostInflated);
    }

    private void secondOctet(int octet) {
        if ((octet & MASKED) == 0) {
            throw broken("a client's frame without a mask");
        }
        int length = octet & 0x7f;
        if (opcode >= CLOSE && length > MOST_OF_CONTROL) {
            throw broken("a control frame of more than " + MOST_OF_CONTROL + " octets");
        }
        headLeft = length == 127 ? 8 : length == 126 ? 2 : 4;
        payloadLeft = length >= 126 ? 0 : length;
        leastLength = length == 127 ? 0x10000 : 126;
        state = length >= 126 ? State.LENGTH : State.MASK;
    }

    private void length(int octet) {
        if (headLeft == 8 && octet > 0x7f) {
            throw broken("a length with its top bit set");
        }
        payloadLeft = (payloadLeft << 8) | octet;
        headLeft--;
        if (headLeft == 0) {
            if (payloadLeft < leastLength) {
                throw broken("a length in more octets than it needs");
            }
            headLeft = 4;
            state = State.MASK;
        }
    }

    private void mask(int octet) {
        mask = (mask << 8) | octet;
        headLeft--;
        if (headLeft > 0) {
            return;
        }
        if (opcode >= CLOSE) {
            controlPayload = new byte[(int) payloadLeft];
            state = State.CONTROL;
            endControlIfComplete();
        } else {
            state = State.PAYLOAD;
            endFrameIfComplete();
        }
    }

    private @Nullable ByteBuf payload(ByteBuf in) {
        int length = (int) Math.min(in.readableBytes(), payloadLeft);
        int start = in.readerIndex();
        boolean ascii = unmask(in, start, length);
        payloadLeft -= length;
        if (inflation != null) {
            inflation.input(in.nioBuffer(start, length));
            in.skipBytes(length);
            endFrameIfComplete();
            return null;
        }
        if (message == TEXT && !(ascii && utf8.isComplete()) && !utf8.accepts(in, start, length)) {
            throw notUtf8();
        }
        ByteBuf run = in.readSlice(length);
        endFrameIfComplete();
        return run;
    }

    /** The next piece of a compressed message; null if it needs input. At the end of the message the inflation is given back. */
    private @Nullable ByteBuf inflate(Inflation from) {
        ByteBuf piece = from.next();
        if (piece == null) {
            if (from.isEnded()) {
                inflation = null;
                from.release();
                endMessage();
            }
            return null;
        }
        if (message == TEXT && !utf8.accepts(piece, piece.readerIndex(), piece.readableBytes())) {
            throw notUtf8();
        }
        return piece;
    }

    private void endFrameIfComplete() {
        if (payloadLeft > 0) {
            return;
        }
        state = State.FIRST_OCTET;
        if (!isFinal) {
            return;
        }
        if (inflation == null) {
            endMessage();
        } else {
            inflation.end();
        }
    }

    private void endMessage() {
        if (message == TEXT && !utf8.isComplete()) {
            throw notUtf8();
        }
        isEnding = true;
    }

    private void control(ByteBuf in) {
        int length = (int) Math.min(in.readableBytes(), payloadLeft);
        unmask(in, in.readerIndex(), length);
        in.readBytes(controlPayload, controlPayload.length - (int) payloadLeft, length);
        payloadLeft -= length;
        endControlIfComplete();
    }

    private void endControlIfComplete() {
        if (payloadLeft > 0) {
            return;
        }
        byte[] payload = controlPayload;
        controlPayload = EMPTY;
        state = State.FIRST_OCTET;
        if (opcode == CLOSE) {
            close(payload);
        } else if (opcode == PING) {
            control.onPing(payload);
        }
    }

    private void close(byte[] payload) {
        if (payload.length == 1) {
            throw broken("a Close with half a code");
        }
        if (payload.length > 1) {
            int code = ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
            if (!CloseCode.isSendable(code)) {
                throw broken("a Close with the code " + code);
            }
            Utf8 reason = new Utf8();
            ByteBuf octets = Unpooled.wrappedBuffer(payload);
            if (!reason.accepts(octets, 2, payload.length - 2) || !reason.isComplete()) {
                throw notUtf8();
            }
            closeCode = code;
            closeReason = new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
        }
        state = State.ENDED;
    }

    /**
     * Takes the mask off, where it lies.
     *
     * @return whether all of it is ASCII
     */
    private boolean unmask(ByteBuf in, int from, int length) {
        int at = from;
        int end = from + length;
        long wide = ((long) mask << 32) | (mask & 0xffffffffL);
        long all = 0;
        for (; end - at >= 8; at += 8) {
            long octets = in.getLong(at) ^ wide;
            all |= octets;
            in.setLong(at, octets);
        }
        for (; at < end; at++) {
            int octet = (in.getByte(at) ^ (mask >>> 24)) & 0xff;
            mask = Integer.rotateLeft(mask, 8);
            all |= octet;
            in.setByte(at, octet);
        }
        return (all & NOT_ASCII) == 0;
    }

    private static WebSocketException broken(String what) {
        return new WebSocketException(CloseCode.PROTOCOL_ERROR, what);
    }

    private static WebSocketException notUtf8() {
        return new WebSocketException(CloseCode.BAD_DATA, "text that is not UTF-8");
    }
}
