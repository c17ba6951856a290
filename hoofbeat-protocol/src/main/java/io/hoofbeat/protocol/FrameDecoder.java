/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in, frames and heart-beats out, by one method for each state; enforces the limits.
 *
 * <p>Every fault is raised at the octet that makes it one, whatever the pieces in which the octets come. A command that
 * cannot be accepted but is well-formed is an exception to that: its frame is read to the end, and refused then, so that the
 * refusal can carry its receipt (SX-CMD-1). Memory is taken for octets that have come, not for those announced.
 *
 * <p>Called by one thread at a time.
 */
public final class FrameDecoder {

    /** Who reads: a server reads what clients send, and the reverse. */
    public enum Side {
        SERVER,
        CLIENT
    }

    private enum State {
        BETWEEN_FRAMES,
        BETWEEN_FRAMES_AFTER_CARRIAGE_RETURN,
        COMMAND,
        COMMAND_AFTER_CARRIAGE_RETURN,
        HEADER_LINES,
        BODY_OF_KNOWN_LENGTH,
        BODY_UP_TO_NUL,
        NUL_AFTER_BODY,
        FAILED
    }

    /** What becomes of the octets of a body. */
    private enum Body {
        KEPT,
        IGNORED,
        /** The frame has none, but line ends are pardoned (SX-BODY-1). */
        ONLY_LINE_ENDS
    }

    private static final byte[] EMPTY = {};
    private static final int FIRST_PIECE = 8 * 1024;

    private final Side side;
    private final CodecLimits limits;
    /** Null until it is negotiated. */
    private @Nullable Version version;

    private State state = State.BETWEEN_FRAMES;
    private long lineEnds;

    /** Null unless a head was cut off by the end of the input. */
    private @Nullable Head head;
    /** Octets of the frame's head so far. */
    private int headOctets;
    /** Octets of the command line so far. */
    private int commandOctets;

    /** Null unless a frame with a known command is being read. */
    private @Nullable Command command;
    /** Why the frame will be refused at its end; almost always null. */
    private @Nullable ProtocolException refusal;

    private Headers headers = Headers.EMPTY;

    private Body bodyHandling = Body.KEPT;
    private int bodyLimit;
    /** As announced; meaningless if it is not known. */
    private int contentLength;

    private int bodyLength;
    /** Only the first {@link #bodyLength} octets count. */
    private byte[] body = EMPTY;

    public FrameDecoder(Side side, CodecLimits limits) {
        this.side = side;
        this.limits = limits;
    }

    /** From the next octet on that version is read. Until then only CONNECT, STOMP and what answers them. */
    public void use(Version version) {
        this.version = version;
    }

    /**
     * Takes octets until a frame is complete. What lies behind it stays in the buffer, so that a version can be fixed in
     * between. The buffer remains the caller's.
     *
     * @return null if all octets were taken and no frame is complete
     * @throws ProtocolException when the peer broke the protocol; nothing more comes out afterwards
     */
    public @Nullable Frame decode(ByteBuf in) {
        try {
            while (in.isReadable()) {
                boolean complete = switch (state) {
                    case BETWEEN_FRAMES,
                            BETWEEN_FRAMES_AFTER_CARRIAGE_RETURN,
                            COMMAND,
                            COMMAND_AFTER_CARRIAGE_RETURN,
                            HEADER_LINES -> upToBody(in);
                    case BODY_OF_KNOWN_LENGTH -> bodyOfKnownLength(in);
                    case BODY_UP_TO_NUL -> bodyUpToNul(in);
                    case NUL_AFTER_BODY -> nulAfterBody(in);
                    case FAILED -> discard(in);
                };
                if (complete) {
                    return frame();
                }
            }
            return null;
        } catch (ProtocolException fault) {
            discard(in);
            throw fail(fault);
        }
    }

    /** Whether a frame, or a CR LF, was begun and is not complete. */
    public boolean isInsideFrame() {
        return state != State.BETWEEN_FRAMES && state != State.FAILED;
    }

    /** Octets of memory that are kept of a frame which has come in part, about. */
    public int heldOctets() {
        return headers.octets() + body.length + (head == null ? 0 : head.octets().length);
    }

    /**
     * Forgets the frame that has come in part; nothing more comes out afterwards.
     *
     * @return the frame as far as it is known, without its body; null if not even its command is
     */
    public @Nullable Frame giveUp() {
        Command begun = command;
        Headers known = headersSoFar();
        forget();
        state = State.FAILED;
        return begun == null ? null : new Frame(begun, known);
    }

    /** How many line ends came outside of frames so far. */
    public long lineEnds() {
        return lineEnds;
    }

    /**
     * Reads up to the end of a head in an array: that of the buffer, or one into which the next octets are copied. An octet
     * of a direct buffer costs several times one of an array, so the copy pays even if a part of it is the body's.
     *
     * @return false, since no frame ends with its head
     */
    private boolean upToBody(ByteBuf in) {
        Head head = this.head == null ? Head.take() : this.head;
        this.head = head;
        if (in.hasArray()) {
            int from = in.arrayOffset() + in.readerIndex();
            in.skipBytes(upToBody(head, in.array(), from, from + in.readableBytes()) - from);
        } else {
            byte[] window = head.window();
            int length = Math.min(in.readableBytes(), window.length);
            in.getBytes(in.readerIndex(), window, 0, length);
            in.skipBytes(upToBody(head, window, 0, length));
        }
        if (!isInHead()) {
            this.head = null;
            head.giveBack();
        }
        return false;
    }

    private int upToBody(Head head, byte[] source, int from, int to) {
        int at = from;
        while (at < to) {
            switch (state) {
                case BETWEEN_FRAMES -> at = betweenFrames(source, at, to);
                case BETWEEN_FRAMES_AFTER_CARRIAGE_RETURN -> betweenFramesAfterCarriageReturn(source[at++]);
                case COMMAND, COMMAND_AFTER_CARRIAGE_RETURN, HEADER_LINES -> at = head(head, source, at, to);
                default -> {
                    return at;
                }
            }
        }
        return at;
    }

    private boolean isInHead() {
        return switch (state) {
            case COMMAND, COMMAND_AFTER_CARRIAGE_RETURN, HEADER_LINES -> true;
            default -> false;
        };
    }

    /** Line ends, and superfluous NULs, which count for nothing (SX-NUL-1). */
    private int betweenFrames(byte[] source, int from, int to) {
        for (int at = from; at < to; at++) {
            switch (source[at]) {
                case '\n' -> lineEnds++;
                case '\r' -> {
                    state = State.BETWEEN_FRAMES_AFTER_CARRIAGE_RETURN;
                    return at + 1;
                }
                case 0 -> {}
                default -> {
                    state = State.COMMAND;
                    commandOctets = 0;
                    headOctets = 0;
                    return at;
                }
            }
        }
        return to;
    }

    private void betweenFramesAfterCarriageReturn(byte octet) {
        if (octet != '\n') {
            throw Fault.bareCarriageReturnBetweenFrames(octet);
        }
        lineEnds++;
        state = State.BETWEEN_FRAMES;
    }

    /** A piece of the command line or of the header lines, not beyond what is allowed before a version is fixed (SX-LIM-4). */
    private int head(Head head, byte[] source, int from, int to) {
        int end = version == null ? from + Math.min(to - from, limits.connectFrame() - headOctets) : to;
        if (end == from) {
            throw Fault.openingTooLarge(limits.connectFrame(), true);
        }
        int at = switch (state) {
            case COMMAND -> command(head, source, from, end);
            case COMMAND_AFTER_CARRIAGE_RETURN -> commandAfterCarriageReturn(head, source, from);
            default -> head.read(source, from, end);
        };
        headOctets += at - from;
        if (state == State.HEADER_LINES && head.isComplete()) {
            endOfHead(head);
        }
        return at;
    }

    /** Printable ASCII without blanks; in 1.0, and before a version is known, blanks at its end are dropped (SX-CMD-1). */
    private int command(Head head, byte[] source, int from, int to) {
        for (int at = from; at < to; at++) {
            byte octet = source[at];
            if (octet == '\n') {
                endOfCommand(head, false);
                return at + 1;
            }
            if (octet == '\r') {
                state = State.COMMAND_AFTER_CARRIAGE_RETURN;
                return at + 1;
            }
            boolean dropped = isBlankAfterCommand(head, octet);
            if (!dropped && (octet <= ' ' || octet == 0x7f || commandOctets > head.commandOctets())) {
                throw Fault.badCommand(octet, head.octets(), head.commandOctets());
            }
            if (commandOctets == limits.command()) {
                throw Fault.commandTooLong(head.octets(), head.commandOctets(), limits.command());
            }
            commandOctets++;
            if (!dropped) {
                head.command(octet);
            }
        }
        return to;
    }

    private boolean isBlankAfterCommand(Head head, byte octet) {
        return (octet == ' ' || octet == '\t')
                && (version == null || version == Version.V1_0)
                && head.commandOctets() > 0;
    }

    private int commandAfterCarriageReturn(Head head, byte[] source, int at) {
        if (source[at] != '\n') {
            throw Fault.badCommand((byte) '\r', head.octets(), head.commandOctets());
        }
        endOfCommand(head, true);
        return at + 1;
    }

    private void endOfCommand(Head head, boolean crlf) {
        command = Command.of(head.octets(), head.commandOctets());
        refusal = refusal(head);
        head.start(Dialect.of(version, command != null && command.isRaw(), crlf), limits);
        state = State.HEADER_LINES;
    }

    /** Why a frame with that command cannot be accepted; null if it can. */
    private @Nullable ProtocolException refusal(Head head) {
        if (command != null && isAccepted(command)) {
            return null;
        }
        String text = new String(head.octets(), 0, head.commandOctets(), StandardCharsets.US_ASCII);
        if (side == Side.SERVER && version == null) {
            return Fault.expectedConnect(text);
        }
        boolean known = command != null && (version == null || command.isIn(version));
        return known ? Fault.unexpectedCommand(text, side) : Fault.unknownCommand(text, version);
    }

    private boolean isAccepted(Command command) {
        boolean fromServer = side == Side.CLIENT;
        if (fromServer ? command.answersOpening() : command.opens()) {
            return true;
        }
        return version != null && command.isIn(version) && command.isFromClient() != fromServer;
    }

    private void endOfHead(Head head) {
        headers = head.headers();
        bodyLimit = limits.body();
        if (version == null) {
            bodyLimit = Math.min(bodyLimit, limits.connectFrame() - headOctets - 1);
        }
        bodyHandling = bodyHandling();
        bodyLength = 0;
        int index = headers.indexOf("content-length");
        if (index < 0) {
            state = State.BODY_UP_TO_NUL;
        } else {
            contentLength = contentLength(index);
            state = contentLength == 0 ? State.NUL_AFTER_BODY : State.BODY_OF_KNOWN_LENGTH;
        }
    }

    private Body bodyHandling() {
        if (refusal != null || command == null) {
            return Body.IGNORED;
        }
        if (command.mayHaveBody()) {
            return Body.KEPT;
        }
        return version == Version.V1_0 ? Body.IGNORED : Body.ONLY_LINE_ENDS;
    }

    /** Digits, with blanks around them at most (SX-LEN-2, SX-PAD-2). */
    private int contentLength(int index) {
        byte[] octets = headers.octets;
        int start = headers.nameEnd(index);
        int end = headers.valueEnd(index);
        while (end > start && isBlank(octets[end - 1])) {
            end--;
        }
        while (start < end && isBlank(octets[start])) {
            start++;
        }
        long length = 0;
        for (int i = start; i < end; i++) {
            int digit = octets[i] - '0';
            if (digit < 0 || digit > 9) {
                throw Fault.badContentLength(headers.value(index));
            }
            length = Math.min(10 * length + digit, Integer.MAX_VALUE + 1L);
        }
        if (start == end) {
            throw Fault.badContentLength(headers.value(index));
        }
        if (length > bodyLimit) {
            throw bodyLimit < limits.body()
                    ? Fault.openingTooLarge(limits.connectFrame(), false)
                    : Fault.bodyAnnouncedTooLarge(headers.value(index), bodyLimit);
        }
        return (int) length;
    }

    private static boolean isBlank(byte octet) {
        return octet == ' ' || octet == '\t';
    }

    private boolean bodyOfKnownLength(ByteBuf in) {
        take(in, Math.min(in.readableBytes(), contentLength - bodyLength), contentLength);
        if (bodyLength == contentLength) {
            state = State.NUL_AFTER_BODY;
        }
        return false;
    }

    private boolean nulAfterBody(ByteBuf in) {
        byte octet = in.readByte();
        if (octet != 0) {
            throw Fault.missingNul(octet, contentLength);
        }
        return true;
    }

    private boolean bodyUpToNul(ByteBuf in) {
        int left = bodyLimit - bodyLength;
        int window = (int) Math.min(in.readableBytes(), left + 1L);
        int length = in.bytesBefore(window, (byte) 0);
        if (length >= 0) {
            take(in, length, bodyLength + length);
            in.skipBytes(1);
            return true;
        }
        take(in, Math.max(0, Math.min(window, left)), bodyLimit);
        if (window > left) {
            throw bodyLimit < limits.body()
                    ? Fault.openingTooLarge(limits.connectFrame(), false)
                    : Fault.bodyTooLarge(bodyLimit);
        }
        return false;
    }

    private void take(ByteBuf in, int length, int most) {
        switch (bodyHandling) {
            case KEPT -> keep(in, length, most);
            case IGNORED -> in.skipBytes(length);
            case ONLY_LINE_ENDS -> onlyLineEnds(in, length);
        }
        bodyLength += length;
    }

    /** Grows the body by octets that are here: to their number if it is all, else by doubling, but not above the most it can have. */
    private void keep(ByteBuf in, int length, int most) {
        int needed = bodyLength + length;
        if (needed > body.length) {
            int doubled = (int) Math.min(most, Math.max(FIRST_PIECE, 2L * body.length));
            body = Arrays.copyOf(body, Math.max(needed, doubled));
        }
        in.readBytes(body, bodyLength, length);
    }

    private void onlyLineEnds(ByteBuf in, int length) {
        for (int i = 0; i < length; i++) {
            byte octet = in.readByte();
            if (octet != '\r' && octet != '\n') {
                throw Fault.bodyNotAllowed(Objects.requireNonNull(command));
            }
        }
    }

    private Frame frame() {
        if (refusal != null) {
            throw refusal;
        }
        byte[] whole =
                bodyHandling != Body.KEPT ? EMPTY : body.length == bodyLength ? body : Arrays.copyOf(body, bodyLength);
        Frame frame = new Frame(Objects.requireNonNull(command), headers, whole);
        forget();
        state = State.BETWEEN_FRAMES;
        return frame;
    }

    private boolean discard(ByteBuf in) {
        in.skipBytes(in.readableBytes());
        return false;
    }

    /** Ends everything. A frame that was to be refused is refused for that reason, whatever else is wrong with it. */
    private ProtocolException fail(ProtocolException fault) {
        ProtocolException reason = refusal == null ? fault : refusal;
        String name = command == null ? reason.command() : command.name();
        Headers known = headersSoFar();
        forget();
        state = State.FAILED;
        return new ProtocolException(reason.kind(), reason.getMessage(), name, known.get("receipt"));
    }

    private Headers headersSoFar() {
        return state == State.HEADER_LINES && head != null ? head.headers() : headers;
    }

    private void forget() {
        head = null;
        command = null;
        refusal = null;
        headers = Headers.EMPTY;
        body = EMPTY;
    }
}
