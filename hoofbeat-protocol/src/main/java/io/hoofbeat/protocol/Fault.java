/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import io.hoofbeat.protocol.ProtocolException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What can be wrong with a frame, in words for whoever has to find it at night: the value, the bound, the way out. The texts
 * go into a {@code message} header as they are (SX-ERR-2), and they quote no value of a header but content-length.
 */
final class Fault {

    private static final int SHOWN = 32;

    private Fault() {}

    static ProtocolException badCommand(byte octet, byte[] line, int length) {
        String before = new String(line, 0, length, StandardCharsets.US_ASCII);
        if (length == 0 && octet == 0x16) {
            return new ProtocolException(
                    Kind.BAD_COMMAND, "this looks like the beginning of TLS, but STOMP without TLS is spoken here");
        }
        boolean path = octet == ' ' || octet == '/' || octet == '*';
        if (path && before.matches("GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH|TRACE|PRI")) {
            return new ProtocolException(
                    Kind.BAD_COMMAND, "this looks like HTTP (" + before + "), but plain STOMP is spoken here");
        }
        return new ProtocolException(
                Kind.BAD_COMMAND,
                "a command line is printable ASCII without blanks; found " + named(octet) + " after '" + shown(before)
                        + "'");
    }

    static ProtocolException commandTooLong(byte[] line, int length, int limit) {
        String begin = new String(line, 0, Math.min(length, 20), StandardCharsets.US_ASCII);
        return new ProtocolException(
                Kind.COMMAND_TOO_LONG,
                "the command line '" + shown(begin) + "...' has more than " + limit + " octets; is this STOMP?");
    }

    /** The version is null for a client that is not connected. */
    static ProtocolException unknownCommand(String command, @Nullable Version version) {
        boolean known = false;
        for (Command each : Command.values()) {
            known |= each.name().equals(command.toUpperCase(Locale.ROOT));
        }
        return new ProtocolException(
                Kind.UNKNOWN_COMMAND,
                "unknown command '" + shown(command) + "'"
                        + (version == null ? "" : " in STOMP " + version.text())
                        + (known && !command.equals("NACK") ? "; commands are written in capitals" : ""),
                command,
                null);
    }

    static ProtocolException unexpectedCommand(String command, FrameDecoder.Side side) {
        return new ProtocolException(
                Kind.UNEXPECTED_COMMAND,
                switch (side) {
                    case SERVER -> command + " is sent by servers, not by clients";
                    case CLIENT -> command + " is not what a server sends here; CONNECTED or ERROR come first";
                },
                command,
                null);
    }

    static ProtocolException expectedConnect(String command) {
        return new ProtocolException(
                Kind.EXPECTED_CONNECT,
                "the first frame must be CONNECT or STOMP, not '" + shown(command) + "'",
                command,
                null);
    }

    static ProtocolException bareCarriageReturnBetweenFrames(byte octet) {
        return new ProtocolException(Kind.BARE_CR, "between frames CR must be followed by LF, not by " + named(octet));
    }

    static ProtocolException bareCarriageReturn(int line) {
        return new ProtocolException(
                Kind.BARE_CR,
                "CR without LF in header line " + line + "; in a value it is written as backslash r in STOMP 1.2");
    }

    static ProtocolException badHeader(int line) {
        return new ProtocolException(
                Kind.BAD_HEADER, "header line " + line + " has no colon; is the empty line before the body missing?");
    }

    static ProtocolException emptyHeaderName(int line) {
        return new ProtocolException(Kind.EMPTY_HEADER_NAME, "header line " + line + " has no name before its colon");
    }

    static ProtocolException nulInHeader() {
        return new ProtocolException(Kind.NUL_IN_HEADER, "NUL before the empty line that ends the headers");
    }

    static ProtocolException invalidUtf8(int octet, int line) {
        return new ProtocolException(
                Kind.INVALID_UTF8,
                "header line " + line + " is not UTF-8 at octet " + hex(octet) + "; is it in another character set?");
    }

    static ProtocolException badEscape(byte octet, Dialect dialect, int line) {
        return new ProtocolException(
                Kind.BAD_ESCAPE,
                "undefined escape in header line " + line + ", backslash and " + named(octet) + "; defined are n, c, "
                        + (dialect.escapesCarriageReturn() ? "r and " : "")
                        + "backslash");
    }

    static ProtocolException tooManyHeaders(int limit) {
        return new ProtocolException(
                Kind.TOO_MANY_HEADERS, "more than " + limit + " headers in a frame; send fewer or raise the limit");
    }

    static ProtocolException headerLineTooLong(int line, int limit) {
        return new ProtocolException(
                Kind.HEADER_LINE_TOO_LONG,
                "header line " + line + " has more than " + limit + " octets; shorten it or raise the limit");
    }

    static ProtocolException headersTooLarge(int limit) {
        return new ProtocolException(
                Kind.HEADERS_TOO_LARGE,
                "the headers have more than " + limit + " octets; send fewer or raise the limit");
    }

    static ProtocolException openingTooLarge(int limit, boolean inHead) {
        return new ProtocolException(
                inHead ? Kind.HEADERS_TOO_LARGE : Kind.BODY_TOO_LARGE,
                "the first frame has more than " + limit + " octets; shorten it or raise the limit of CONNECT");
    }

    static ProtocolException badContentLength(String value) {
        return new ProtocolException(
                Kind.BAD_CONTENT_LENGTH,
                "content-length must be a number of octets in digits, not '" + shown(value) + "'");
    }

    static ProtocolException bodyAnnouncedTooLarge(String length, int limit) {
        return new ProtocolException(
                Kind.BODY_TOO_LARGE,
                "content-length " + shown(length) + " is more than " + limit + "; send less or raise the limit");
    }

    static ProtocolException bodyTooLarge(int limit) {
        return new ProtocolException(
                Kind.BODY_TOO_LARGE, "the body has more than " + limit + " octets; send less or raise the limit");
    }

    static ProtocolException missingNul(byte octet, int length) {
        return new ProtocolException(
                Kind.MISSING_NUL,
                "after a body of content-length " + length + " comes NUL, not " + named(octet)
                        + "; are octets counted, not characters?");
    }

    static ProtocolException bodyNotAllowed(Command command) {
        return new ProtocolException(
                Kind.BODY_NOT_ALLOWED, "a " + command + " frame has no body; only SEND, MESSAGE and ERROR have one");
    }

    private static String named(byte octet) {
        return switch (octet) {
            case 0 -> "NUL";
            case '\n' -> "LF";
            case '\r' -> "CR";
            case ' ' -> "a blank";
            case '\t' -> "a tab";
            case ':' -> "a colon";
            case '\\' -> "a backslash";
            default -> octet > ' ' && octet < 0x7f ? "'" + (char) octet + "'" : "octet " + hex(octet & 0xff);
        };
    }

    private static String hex(int octet) {
        return String.format(Locale.ROOT, "0x%02X", octet);
    }

    /** A foreign text as it can stand in a message: cut, and without what would need escaping. */
    static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(SHOWN).forEach(c -> shown.appendCodePoint(isShowable(c) ? c : '?'));
        return text.codePointCount(0, text.length()) > SHOWN
                ? shown.append("...").toString()
                : shown.toString();
    }

    private static boolean isShowable(int character) {
        return character >= ' ' && character != ':' && character != '\\' && !Character.isISOControl(character);
    }
}
