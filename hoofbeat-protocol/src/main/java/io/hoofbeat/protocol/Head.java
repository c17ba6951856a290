/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import io.hoofbeat.protocol.Dialect.CarriageReturn;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The head of a frame while it is being read: takes the octets of its lines, unescapes them, proves them to be UTF-8, and
 * finds where names and values end, all in one pass.
 *
 * <p>What an octet means depends only on the octets before it, never on how the input was cut, because whatever is pending
 * (a backslash, a CR, half a character) is kept in a field. Only runs of plain octets take a short cut, {@link #plain}, and
 * almost all octets are in such runs.
 *
 * <p>The arrays are large for something that is needed only while a head is being read. So a thread has one head, which
 * the decoders of its connections take in turn; a decoder whose head is cut off in the middle keeps it until the rest has
 * come. Thus an idle connection holds none, and the common case, a whole head in the buffer, allocates none.
 */
final class Head {

    private static final int WINDOW = 256;
    private static final int OCTETS = 512;
    private static final int ENTRIES = 32;
    private static final int OCTETS_WORTH_KEEPING = 8 * 1024;

    private static final FastThreadLocal<@Nullable Head[]> SPARE = new FastThreadLocal<>() {
        @Override
        protected @Nullable Head[] initialValue() {
            return new @Nullable Head[1];
        }
    };

    /** Octets which always stand for themselves. */
    private static final boolean[] PLAIN = new boolean[256];

    static {
        Arrays.fill(PLAIN, 1, 128, true);
        PLAIN['\n'] = false;
        PLAIN['\r'] = false;
        PLAIN[':'] = false;
        PLAIN['\\'] = false;
    }

    /** The octets of a direct buffer are looked at here; null until one was seen. */
    private byte @Nullable [] window;

    private byte[] octets = new byte[OCTETS];
    private int[] ends = new int[2 * ENTRIES];
    private int used;
    private int size;

    private CodecLimits limits = CodecLimits.DEFAULT;
    private Dialect dialect = Dialect.OPENING;
    private boolean complete;
    /** Octets of the complete lines. */
    private int linesOctets;
    /** Octets of the line being read. */
    private int lineOctets;

    private int entryStart;
    private int partStart;
    private boolean inValue;
    private boolean afterCarriageReturn;
    private boolean afterBackslash;
    /** How many octets the character being read still needs, and between which bounds the next must be. */
    private int continuations;

    private int lowest;
    private int highest;

    private Head() {}

    /** This thread's spare one, or a new one if it has none. */
    static Head take() {
        @Nullable Head[] spare = SPARE.get();
        Head head = spare[0];
        if (head == null) {
            return new Head();
        }
        spare[0] = null;
        return head;
    }

    void giveBack() {
        used = 0;
        if (octets.length <= OCTETS_WORTH_KEEPING) {
            SPARE.get()[0] = this;
        }
    }

    byte[] window() {
        if (window == null) {
            window = new byte[WINDOW];
        }
        return window;
    }

    /** Appends an octet of the command line, which comes before {@link #start}. */
    void command(byte octet) {
        append(octet);
    }

    /** How many octets the command has so far. */
    int commandOctets() {
        return used;
    }

    byte[] octets() {
        return octets;
    }

    /** Ends the command line; header lines follow. */
    void start(Dialect dialect, CodecLimits limits) {
        this.dialect = dialect;
        this.limits = limits;
        used = 0;
        size = 0;
        complete = false;
        linesOctets = 0;
        lineOctets = 0;
        entryStart = 0;
        partStart = 0;
        inValue = false;
        afterCarriageReturn = false;
        afterBackslash = false;
        continuations = 0;
    }

    /** Whether the empty line was read. */
    boolean isComplete() {
        return complete;
    }

    /** The complete entries so far. */
    Headers headers() {
        return size == 0
                ? Headers.EMPTY
                : new Headers(Arrays.copyOf(octets, entryStart), Arrays.copyOf(ends, 2 * size), size);
    }

    /** Takes octets up to the empty line or the end, and returns the position behind them. */
    int read(byte[] source, int from, int to) {
        int at = from;
        while (at < to && !complete) {
            if (isPending()) {
                at += pending(source[at]) ? 1 : 0;
            } else {
                at = plain(source, at, to);
                if (at < to) {
                    octet(source[at++]);
                }
            }
        }
        return at;
    }

    private boolean isPending() {
        return afterCarriageReturn || afterBackslash || continuations > 0;
    }

    /** The loop which has to be fast: takes plain octets as long as there is room for them and no limit is met. */
    private int plain(byte[] source, int from, int to) {
        byte[] target = octets;
        int write = used;
        int allowed = Math.min(limits.headerLine() - lineOctets, limits.headerOctets() - linesOctets - lineOctets);
        int end = from + Math.min(to - from, Math.min(allowed, target.length - write));
        int at = from;
        while (at < end) {
            byte octet = source[at];
            if (!PLAIN[octet & 0xff]) {
                break;
            }
            target[write++] = octet;
            at++;
        }
        used = write;
        lineOctets += at - from;
        return at;
    }

    /** An octet whose meaning depends on those before; false if it is still to be read. */
    private boolean pending(byte octet) {
        if (continuations > 0) {
            continuation(octet);
        } else if (afterBackslash) {
            escaped(octet);
        } else if (octet == '\n') {
            endOfLine();
        } else {
            afterCarriageReturn = false;
            loneCarriageReturn();
            return false;
        }
        return true;
    }

    /** An octet that is not plain, or for which there is no room. */
    private void octet(byte octet) {
        switch (octet) {
            case 0 -> throw Fault.nulInHeader();
            case '\n' -> endOfLine();
            case '\r' -> carriageReturn();
            case ':' -> colon();
            case '\\' -> backslash();
            default -> character(octet);
        }
    }

    private void character(byte octet) {
        count();
        append(octet);
        if (octet < 0) {
            lead(octet & 0xff);
        }
    }

    private void carriageReturn() {
        if (dialect.carriageReturn == CarriageReturn.DATA) {
            character((byte) '\r');
        } else {
            afterCarriageReturn = true;
        }
    }

    private void loneCarriageReturn() {
        if (dialect.carriageReturn == CarriageReturn.ONLY_BEFORE_LINE_FEED) {
            throw Fault.bareCarriageReturn(lineNumber());
        }
        character((byte) '\r');
    }

    private void backslash() {
        if (dialect.escapes) {
            count();
            afterBackslash = true;
        } else {
            character((byte) '\\');
        }
    }

    private void escaped(byte octet) {
        byte meant = switch (octet) {
            case 'n' -> '\n';
            case 'c' -> ':';
            case '\\' -> '\\';
            case 'r' -> dialect.escapesCarriageReturn() ? (byte) '\r' : 0;
            default -> 0;
        };
        if (meant == 0) {
            throw Fault.badEscape(octet, dialect, lineNumber());
        }
        afterBackslash = false;
        count();
        append(meant);
    }

    /** The first octet of a character outside ASCII; overlong forms, surrogates and what is above U+10FFFF are none (SX-UTF-1). */
    private void lead(int octet) {
        lowest = 0x80;
        highest = 0xbf;
        if (octet >= 0xc2 && octet <= 0xdf) {
            continuations = 1;
        } else if (octet >= 0xe0 && octet <= 0xef) {
            continuations = 2;
            lowest = octet == 0xe0 ? 0xa0 : 0x80;
            highest = octet == 0xed ? 0x9f : 0xbf;
        } else if (octet >= 0xf0 && octet <= 0xf4) {
            continuations = 3;
            lowest = octet == 0xf0 ? 0x90 : 0x80;
            highest = octet == 0xf4 ? 0x8f : 0xbf;
        } else {
            throw Fault.invalidUtf8(octet, lineNumber());
        }
    }

    private void continuation(byte octet) {
        int value = octet & 0xff;
        if (value < lowest || value > highest) {
            throw Fault.invalidUtf8(value, lineNumber());
        }
        count();
        append(octet);
        lowest = 0x80;
        highest = 0xbf;
        continuations--;
    }

    /** The first colon ends the name; the others are data (SX-COLON-1). */
    private void colon() {
        if (inValue) {
            character((byte) ':');
            return;
        }
        count();
        if (dialect.trims()) {
            trim();
        }
        if (used == partStart) {
            throw Fault.emptyHeaderName(lineNumber());
        }
        if (size == limits.headers()) {
            throw Fault.tooManyHeaders(limits.headers());
        }
        if (2 * size == ends.length) {
            ends = Arrays.copyOf(ends, 2 * ends.length);
        }
        ends[2 * size] = used;
        partStart = used;
        inValue = true;
    }

    private void endOfLine() {
        afterCarriageReturn = false;
        if (inValue) {
            if (dialect.trims()) {
                trim();
            }
            ends[2 * size + 1] = used;
            size++;
            inValue = false;
        } else if (lineOctets == 0 || isBlankLine()) {
            complete = true;
        } else {
            throw Fault.badHeader(lineNumber());
        }
        linesOctets += lineOctets;
        lineOctets = 0;
        entryStart = used;
        partStart = used;
    }

    private boolean isBlankLine() {
        if (!dialect.blankLineEndsHead) {
            return false;
        }
        trim();
        return used == entryStart;
    }

    /** Drops blanks, tabs and CRs at both ends of the name or value just read. */
    private void trim() {
        int start = partStart;
        int end = used;
        while (end > start && isPadding(octets[end - 1])) {
            end--;
        }
        while (start < end && isPadding(octets[start])) {
            start++;
        }
        if (start > partStart) {
            System.arraycopy(octets, start, octets, partStart, end - start);
        }
        used = partStart + end - start;
    }

    private static boolean isPadding(byte octet) {
        return octet == ' ' || octet == '\t' || octet == '\r';
    }

    private int lineNumber() {
        return size + 1;
    }

    private void count() {
        if (lineOctets == limits.headerLine()) {
            throw Fault.headerLineTooLong(lineNumber(), limits.headerLine());
        }
        if (linesOctets + lineOctets == limits.headerOctets()) {
            throw Fault.headersTooLarge(limits.headerOctets());
        }
        lineOctets++;
    }

    private void append(byte octet) {
        if (used == octets.length) {
            octets = Arrays.copyOf(octets, 2 * used);
        }
        octets[used++] = octet;
    }
}
