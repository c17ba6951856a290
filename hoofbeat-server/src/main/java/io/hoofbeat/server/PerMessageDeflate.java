/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The negotiation of permessage-deflate (RFC 7692, section 7.1). Neither side keeps a context from message to message: one would
 * cost some 300 KiB for each connection, and mix texts of different origin (WS-PMD-5, WS-PMD-7).
 */
final class PerMessageDeflate {
    private static final String NAME = "permessage-deflate";
    private static final String ANSWER = NAME + "; server_no_context_takeover; client_no_context_takeover";

    private PerMessageDeflate() {}

    /**
     * Looks for the first offer that can be met.
     *
     * @param offers the values of Sec-WebSocket-Extensions
     * @return what to answer; null if there is none
     */
    static @Nullable String answer(List<String> offers) {
        for (String offer : split(String.join(",", offers), ',')) {
            List<String> parts = split(offer, ';');
            if (parts.get(0).equalsIgnoreCase(NAME)) {
                String answer = accept(parts);
                if (answer != null) {
                    return answer;
                }
            }
        }
        return null;
    }

    /** Null if something in it is unknown, repeated, ill-valued, or beyond zlib (WS-PMD-1, WS-PMD-2). */
    private static @Nullable String accept(List<String> offer) {
        String answer = ANSWER;
        Set<String> seen = new HashSet<>();
        for (String parameter : offer.subList(1, offer.size())) {
            int equals = parameter.indexOf('=');
            String name = (equals < 0 ? parameter : parameter.substring(0, equals))
                    .strip()
                    .toLowerCase(Locale.ROOT);
            String value =
                    equals < 0 ? null : unquoted(parameter.substring(equals + 1).strip());
            boolean met = switch (name) {
                case "server_no_context_takeover", "client_no_context_takeover" -> value == null;
                case "client_max_window_bits" -> value == null || isWindow(value);
                // What the JDK's zlib writes may refer back as far as 32 KiB, which a smaller window forbids.
                case "server_max_window_bits" -> "15".equals(value);
                default -> false;
            };
            if (!met || !seen.add(name)) {
                return null;
            }
            if (name.equals("server_max_window_bits")) {
                answer += "; server_max_window_bits=15";
            }
        }
        return answer;
    }

    private static boolean isWindow(String value) {
        return value.matches("[89]|1[0-5]");
    }

    private static String unquoted(String value) {
        return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
    }

    /** At separators outside of quotes; without blanks around the parts. */
    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                parts.add(text.substring(start, i).strip());
                start = i + 1;
            }
        }
        parts.add(text.substring(start).strip());
        return parts;
    }
}
