/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A frame as it came over the wire: nothing is unescaped or trimmed.
 *
 * @param head command line and header lines, line ends included, without the empty line that ends them
 * @param body the octets between the empty line and the NUL
 * @param nanos when its NUL was read, by {@link System#nanoTime}
 * @param startNanos when its first octet was read
 * @param binary whether it came in a binary message of WebSocket
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PeerFrame(byte[] head, byte[] body, long nanos, long startNanos, boolean binary) {

    public String command() {
        return lines().get(0);
    }

    /** The header lines in their order. */
    public List<String> headerLines() {
        List<String> lines = lines();
        return lines.subList(1, lines.size());
    }

    /** The value of the first header of that name as it stands on the wire; null if there is none. */
    public @Nullable String header(String name) {
        List<String> all = all(name);
        return all.isEmpty() ? null : all.get(0);
    }

    /** The same of a header that has to be there. */
    public String value(String name) {
        String value = header(name);
        if (value == null) {
            throw new AssertionError("no header " + name + " in\n" + this);
        }
        return value;
    }

    public boolean has(String name) {
        return header(name) != null;
    }

    /** All values of that name in their order. */
    public List<String> all(String name) {
        List<String> values = new ArrayList<>();
        for (String line : headerLines()) {
            int colon = line.indexOf(':');
            if (colon >= 0 && line.substring(0, colon).equals(name)) {
                values.add(line.substring(colon + 1));
            }
        }
        return values;
    }

    /** The names in their order, repeated ones included. */
    public List<String> names() {
        return headerLines().stream()
                .map(line -> line.indexOf(':') < 0 ? line : line.substring(0, line.indexOf(':')))
                .toList();
    }

    /** The body read as UTF-8. */
    public String text() {
        return new String(body, UTF_8);
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        String text = new String(head, UTF_8);
        int start = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            lines.add(text.substring(start, end));
            start = end + 1;
        }
        return lines;
    }

    /** As it came, with the signs of {@link Script} for NUL and CR. */
    @Override
    public String toString() {
        return Script.show(head) + "\n" + Script.show(body) + "^@";
    }
}
