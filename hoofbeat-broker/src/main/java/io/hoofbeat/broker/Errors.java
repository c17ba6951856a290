/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.ProtocolException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The one place where ERROR frames are made (SX-ERR-2), and what the commonest of them is about: a header that is missing. */
final class Errors {
    private static final int MAX_MESSAGE = 120;

    private Errors() {}

    /**
     * An ERROR.
     *
     * @param text for people; its short form goes into {@code message}, all of it into the body
     * @param failed the command that failed, null if it was none
     * @param receipt the {@code receipt} of the frame that failed
     * @param escaping whether headers are escaped, a version being agreed on; if not, what would need it is left out
     * @param version what the server speaks, for the one case in which that is asked; null else
     */
    static Frame error(
            String text,
            @Nullable String failed,
            @Nullable String receipt,
            boolean escaping,
            @Nullable String version) {
        Headers.Builder headers = Headers.builder().add("message", shorten(text));
        byte[] body = text.getBytes(UTF_8);
        headers.add("content-type", "text/plain").add("content-length", Integer.toString(body.length));
        if (receipt != null && (escaping || !needsEscaping(receipt))) {
            headers.add("receipt-id", receipt);
        }
        if (failed != null && !needsEscaping(failed)) {
            headers.add("failed-command", failed);
        }
        if (version != null) {
            headers.add("version", version);
        }
        return new Frame(Command.ERROR, headers.build(), body);
    }

    /** What is wrong with what came. */
    static String text(ProtocolException violation) {
        return Objects.requireNonNullElse(
                violation.getMessage(), violation.kind().text());
    }

    /** One line that needs no escaping in any version. */
    static String shorten(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints()
                .limit(MAX_MESSAGE)
                .forEach(c -> line.appendCodePoint(c < ' ' || c == ':' || c == '\\' ? ' ' : c));
        while (line.toString().getBytes(UTF_8).length > MAX_MESSAGE) {
            line.setLength(line.offsetByCodePoints(line.length(), -1));
        }
        return line.toString().strip();
    }

    /** The first value of a header that the frame must have. */
    static String required(Frame frame, String name) {
        String value = frame.headers().get(name);
        if (value == null) {
            throw missing(name, frame);
        }
        return value;
    }

    /** Names a near miss as well, header names being case sensitive (SX-CASE-1). */
    static ProtocolException missing(String name, Frame frame) {
        Headers headers = frame.headers();
        String text = frame.command() + " needs the header " + name;
        for (int i = 0; i < headers.size(); i++) {
            if (headers.name(i).strip().equalsIgnoreCase(name)) {
                text += ", and '" + headers.name(i) + "' is not it";
                break;
            }
        }
        return new ProtocolException(ProtocolException.Kind.BAD_FRAME, text);
    }

    private static boolean needsEscaping(String text) {
        return text.chars().anyMatch(c -> c < ' ' || c == ':' || c == '\\');
    }
}
