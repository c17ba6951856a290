/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The notation in which tests show the wire, and the octets that it stands for.
 *
 * <ul>
 *   <li>{@code ^@} or {@code ␀} is NUL, {@code ⏎} is LF, {@code ␍} is CR; a line feed of the text is LF, too.
 *   <li>One line feed of the text right behind the last NUL is dropped: it is the text block's, not the frame's. Who wants a
 *       line end there writes {@code ⏎}.
 *   <li><code>{name}</code> is what was captured or set under that name; unknown names are left as they are.
 *   <li>All else is sent as its UTF-8. Nothing is escaped, nothing is added.
 * </ul>
 */
final class Script {

    private Script() {}

    /** The octets that the script stands for. */
    static byte[] octets(String script, Map<String, String> variables) {
        String text = signs(fill(script, variables));
        if (text.endsWith("\0\n") && !script.endsWith("⏎")) {
            text = text.substring(0, text.length() - 1);
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The signs replaced by what they mean. */
    static String signs(String script) {
        return script.replace("^@", "\0").replace('␀', '\0').replace('⏎', '\n').replace('␍', '\r');
    }

    /** Each {@code {name}} that is known replaced by its value. */
    static String fill(String script, Map<String, String> variables) {
        if (script.indexOf('{') < 0) {
            return script;
        }
        StringBuilder filled = new StringBuilder();
        int at = 0;
        while (at < script.length()) {
            int open = script.indexOf('{', at);
            int close = open < 0 ? -1 : script.indexOf('}', open);
            if (close < 0) {
                break;
            }
            String value = variables.get(script.substring(open + 1, close));
            filled.append(script, at, open);
            if (value == null) {
                filled.append('{');
                at = open + 1;
            } else {
                filled.append(value);
                at = close + 1;
            }
        }
        return filled.append(script, at, script.length()).toString();
    }

    /** Octets for people: one character for each octet that is not UTF-8, the signs for NUL and CR, line feeds as they are. */
    static String show(byte[] octets) {
        int shown = Math.min(octets.length, 2_000);
        String text = new String(octets, 0, shown, StandardCharsets.UTF_8)
                .replace("\0", "^@")
                .replace('\r', '␍');
        return shown == octets.length ? text : text + "… (" + octets.length + " octets)";
    }

    /** Both one behind the other. */
    static byte[] join(byte[] first, byte[] second) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream(first.length + second.length);
        joined.writeBytes(first);
        joined.writeBytes(second);
        return joined.toByteArray();
    }
}
