/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What holds for every frame that a server sends, whatever the test is about (STOMP.md S10-EOL-5, S11-PAD-2, SX-ERR-2, SX-MSG-5). */
final class FrameRules {

    /** Headers whose values are the server's own: never padded, never ending in CR. */
    private static final Set<String> OWN = Set.of(
            "message-id",
            "subscription",
            "ack",
            "content-length",
            "receipt-id",
            "version",
            "session",
            "server",
            "heart-beat",
            "redelivered",
            "failed-command");

    private static final Pattern STACK_TRACE = Pattern.compile("\\bat [\\w.$]+\\([^)]*\\.java:\\d+\\)");

    private FrameRules() {}

    static void check(PeerFrame frame, boolean first, List<String> oddities) {
        String command = frame.command();
        if (command.endsWith("\r")) {
            oddities.add("a command line that ends in CR LF");
        }
        if (first && !command.equals("CONNECTED") && !command.equals("ERROR")) {
            oddities.add("the first frame is " + command);
        }
        for (String line : frame.headerLines()) {
            checkLine(line, command, oddities);
        }
        switch (command) {
            case "CONNECTED", "RECEIPT" -> {
                if (frame.body().length > 0 || frame.has("content-length")) {
                    oddities.add(command + " with a body or content-length");
                }
            }
            case "MESSAGE" -> {
                if (!String.valueOf(frame.body().length).equals(frame.header("content-length"))) {
                    oddities.add("MESSAGE of " + frame.body().length + " octets with content-length "
                            + frame.header("content-length"));
                }
            }
            case "ERROR" -> checkError(frame, oddities);
            default -> oddities.add("a server that sends " + command);
        }
    }

    private static void checkLine(String line, String command, List<String> oddities) {
        int colon = line.indexOf(':');
        if (colon <= 0) {
            oddities.add("no name or no colon in the header line '" + line + "' of " + command);
            return;
        }
        String name = line.substring(0, colon);
        String value = line.substring(colon + 1);
        boolean own = OWN.contains(name)
                || (command.equals("ERROR") && Set.of("message", "content-type").contains(name));
        if (own && (value.startsWith(" ") || value.endsWith(" ") || value.endsWith("\r"))) {
            oddities.add("padded header '" + line + "' of " + command);
        }
    }

    private static void checkError(PeerFrame error, List<String> oddities) {
        String message = error.header("message");
        if (message == null || message.isEmpty() || message.length() > 120) {
            oddities.add("ERROR with the message " + message);
        } else if (message.matches(".*[:\\\\\r].*")) {
            oddities.add("ERROR whose message needs escaping: " + message);
        }
        String everything = new String(error.head(), UTF_8) + error.text();
        if (STACK_TRACE.matcher(everything).find()) {
            oddities.add("ERROR with a stack trace");
        }
        if (error.body().length > 0
                && (!String.valueOf(error.body().length).equals(error.header("content-length"))
                        || !error.has("content-type"))) {
            oddities.add("ERROR with a body but without its content-length and content-type");
        }
        if (error.body().length > 2_048) {
            oddities.add("ERROR with a body of " + error.body().length + " octets");
        }
    }
}
