/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a frame has to look like.
 *
 * @param command its command
 * @param headers header lines that must be there
 * @param body what the body must be; null if it does not matter
 */
record Expectation(
        String command, List<String> headers, @Nullable String body) {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([A-Za-z][\\w-]*)}");

    static Expectation of(String script, Map<String, String> variables) {
        String text = Script.signs(script);
        int headEnd = text.indexOf("\n\n");
        String[] lines = (headEnd < 0 ? text : text.substring(0, headEnd)).split("\n");
        String body = null;
        if (headEnd >= 0) {
            body = Script.fill(text.substring(headEnd + 2), variables);
            if (body.endsWith("\0\n")) {
                body = body.substring(0, body.length() - 1);
            }
            if (body.endsWith("\0")) {
                body = body.substring(0, body.length() - 1);
            }
        }
        return new Expectation(lines[0], List.of(lines).subList(1, lines.length), body);
    }

    void check(PeerFrame frame, Map<String, String> variables) {
        List<String> missing = new ArrayList<>();
        if (frame.command().equals(command)) {
            for (String header : headers) {
                if (!isThere(header, frame, variables)) {
                    missing.add(header);
                }
            }
        }
        if (!frame.command().equals(command) || !missing.isEmpty()) {
            throw new AssertionError(
                    "expected\n" + this + (missing.isEmpty() ? "" : "\nmissing: " + missing) + "\nbut came\n" + frame);
        }
        if (body != null && !frame.text().equals(body)) {
            throw new AssertionError("expected the body\n" + body + "\nbut came\n" + frame);
        }
    }

    /** A known placeholder stands for its value, an unknown one matches anything and is known from then on. */
    private static boolean isThere(String header, PeerFrame frame, Map<String, String> variables) {
        Matcher name = PLACEHOLDER.matcher(Script.fill(header, variables));
        StringBuilder pattern = new StringBuilder();
        List<String> captured = new ArrayList<>();
        int at = 0;
        String filled = Script.fill(header, variables);
        while (name.find()) {
            pattern.append(Pattern.quote(filled.substring(at, name.start()))).append("(.*)");
            captured.add(name.group(1));
            at = name.end();
        }
        Pattern whole = Pattern.compile(
                pattern.append(Pattern.quote(filled.substring(at))).toString(), Pattern.DOTALL);
        for (String line : frame.headerLines()) {
            Matcher matcher = whole.matcher(line);
            if (matcher.matches()) {
                for (int i = 0; i < captured.size(); i++) {
                    variables.put(captured.get(i), matcher.group(i + 1));
                }
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return command + "\n" + String.join("\n", headers) + (body == null ? "" : "\n\n" + body);
    }
}
