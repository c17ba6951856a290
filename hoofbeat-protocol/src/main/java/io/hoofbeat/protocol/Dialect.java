/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import org.jspecify.annotations.Nullable;

/** How the header lines of one frame are read: which depends on the version, the command and the end of the command line. */
enum Dialect {
    /** No version is fixed, or CONNECT comes again in 1.0: raw, and a line of blanks is the empty line (SX-EOL-1, SX-EOL-3). */
    OPENING(CarriageReturn.ENDS_LINE, false, true),
    /** CONNECT, STOMP or CONNECTED come again in 1.1 or 1.2: raw (S11-ESC-7, S12-ESC-8). */
    RAW(CarriageReturn.ENDS_LINE, false, false),
    STOMP_1_0(CarriageReturn.ENDS_LINE, false, true),
    /** The command line ended in LF, so that CR is data (S11-EOL-4). */
    STOMP_1_1(CarriageReturn.DATA, true, false),
    /** The command line ended in CR LF, and so may the other lines (SX-EOL-1). */
    STOMP_1_1_CRLF(CarriageReturn.ENDS_LINE, true, false),
    STOMP_1_2(CarriageReturn.ONLY_BEFORE_LINE_FEED, true, false);

    /** What a CR is. */
    enum CarriageReturn {
        DATA,
        /** Part of the line end if LF follows, else data. */
        ENDS_LINE,
        /** Part of the line end if LF follows, else a fault (S12-EOL-3). */
        ONLY_BEFORE_LINE_FEED
    }

    final CarriageReturn carriageReturn;
    final boolean escapes;
    final boolean blankLineEndsHead;

    Dialect(CarriageReturn carriageReturn, boolean escapes, boolean blankLineEndsHead) {
        this.carriageReturn = carriageReturn;
        this.escapes = escapes;
        this.blankLineEndsHead = blankLineEndsHead;
    }

    /** Whether blanks, tabs and CRs around names and values are dropped (SX-PAD-1). */
    boolean trims() {
        return this == STOMP_1_0;
    }

    boolean escapesCarriageReturn() {
        return this == STOMP_1_2;
    }

    /**
     * The dialect of one frame.
     *
     * @param version null while none is fixed
     * @param raw whether its command is one that is never escaped
     * @param crlf whether its command line ended in CR LF
     */
    static Dialect of(@Nullable Version version, boolean raw, boolean crlf) {
        if (version == null) {
            return OPENING;
        }
        return switch (version) {
            case V1_0 -> raw ? OPENING : STOMP_1_0;
            case V1_1 -> raw ? RAW : crlf ? STOMP_1_1_CRLF : STOMP_1_1;
            case V1_2 -> raw ? RAW : STOMP_1_2;
        };
    }
}
