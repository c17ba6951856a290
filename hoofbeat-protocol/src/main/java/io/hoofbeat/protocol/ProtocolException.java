/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import org.jspecify.annotations.Nullable;

/** The peer broke the protocol: ERROR and goodbye. The message is fit to be shown to the peer. */
public final class ProtocolException extends RuntimeException {

    /** What was wrong, for programs; the texts are those of the codec vectors. */
    public enum Kind {
        BAD_COMMAND,
        COMMAND_TOO_LONG,
        UNKNOWN_COMMAND,
        UNEXPECTED_COMMAND,
        EXPECTED_CONNECT,
        BARE_CR,
        BAD_HEADER,
        EMPTY_HEADER_NAME,
        NUL_IN_HEADER,
        INVALID_UTF8,
        BAD_ESCAPE,
        TOO_MANY_HEADERS,
        HEADER_LINE_TOO_LONG,
        HEADERS_TOO_LARGE,
        BAD_CONTENT_LENGTH,
        BODY_TOO_LARGE,
        MISSING_NUL,
        BODY_NOT_ALLOWED,
        /** The frame came through the codec but asks for something impossible: a header is missing, an id unknown. */
        BAD_FRAME;

        /** "bad-command" and so on. */
        public String text() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }

        /** Whether a limit of size was exceeded, which WebSocket reports by 1009 instead of 1002. */
        public boolean isSize() {
            return switch (this) {
                case COMMAND_TOO_LONG, TOO_MANY_HEADERS, HEADER_LINE_TOO_LONG, HEADERS_TOO_LARGE, BODY_TOO_LARGE ->
                    true;
                default -> false;
            };
        }
    }

    private static final long serialVersionUID = 1L;

    private static final int LONGEST = 120;

    private final Kind kind;
    private final String text;
    private final @Nullable String command;
    private final @Nullable String receipt;

    public ProtocolException(Kind kind, String message) {
        this(kind, message, null, null);
    }

    /**
     * Says which frame it was as well.
     *
     * @param command the command line of the offending frame, null if it is not known
     * @param receipt its {@code receipt} header, null if it has none or was not read so far
     */
    public ProtocolException(Kind kind, String message, @Nullable String command, @Nullable String receipt) {
        super(null, null, false, false);
        this.text = fit(message);
        this.kind = kind;
        this.command = command;
        this.receipt = receipt;
    }

    /** Makes it fit for a {@code message} header of any version: at most 120 characters, none that is escaped (SX-ERR-2). */
    private static String fit(String message) {
        StringBuilder text = new StringBuilder(message);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ':') {
                text.setCharAt(i, '=');
            } else if (c == '\\') {
                text.setCharAt(i, '/');
            } else if (Character.isISOControl(c)) {
                text.setCharAt(i, ' ');
            }
        }
        if (text.length() > LONGEST) {
            int end = LONGEST - 3;
            text.setLength(Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
            text.append("...");
        }
        return text.toString();
    }

    @Override
    public String getMessage() {
        return text;
    }

    public Kind kind() {
        return kind;
    }

    public @Nullable String command() {
        return command;
    }

    public @Nullable String receipt() {
        return receipt;
    }
}
