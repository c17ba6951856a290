/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The frames of SockJS, both ways: texts in JSON, and what is said around them. Shares no code with what it tests. */
final class SockJsFrames {
    private final ArrayDeque<byte[]> messages = new ArrayDeque<>();
    private boolean isOpen;
    private boolean isClosed;
    private int closeCode;
    private String closeReason = "";

    /** Octets at the end of what was to be sent that are not a whole character so far. */
    private byte[] rest = new byte[0];

    /** What came and was not taken; null if there is nothing. */
    byte @Nullable [] poll() {
        return messages.poll();
    }

    boolean isOpen() {
        return isOpen;
    }

    boolean isClosed() {
        return isClosed;
    }

    int closeCode() {
        return closeCode;
    }

    String closeReason() {
        return closeReason;
    }

    /** A whole frame from the server. */
    void take(String frame) {
        if (frame.equals("o") && !isOpen) {
            isOpen = true;
        } else if (frame.startsWith("a[") && isOpen) {
            strings(frame.substring(1));
        } else if (frame.startsWith("c[") && frame.endsWith("\"]")) {
            int comma = frame.indexOf(',');
            closeCode = Integer.parseInt(frame.substring(2, comma));
            closeReason = string(frame, comma + 2).text;
            isClosed = true;
        } else if (!frame.equals("h")) {
            throw new AssertionError("not a frame of SockJS, or not now: " + frame);
        }
    }

    private void strings(String array) {
        int at = 1;
        while (array.charAt(at) == '"') {
            Read read = string(array, at + 1);
            messages.add(read.text.getBytes(UTF_8));
            at = read.end;
            if (array.charAt(at) == ',') {
                at++;
            }
        }
        if (at != array.length() - 1 || array.charAt(at) != ']') {
            throw new AssertionError("not an array of strings: " + array);
        }
    }

    private record Read(String text, int end) {}

    /** A string, behind its quote. */
    private static Read string(String json, int start) {
        StringBuilder text = new StringBuilder();
        int at = start;
        while (json.charAt(at) != '"') {
            char c = json.charAt(at++);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char escape = json.charAt(at++);
            switch (escape) {
                case 'u' -> {
                    text.append((char) Integer.parseInt(json.substring(at, at + 4), 16));
                    at += 4;
                }
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                case 't' -> text.append('\t');
                case 'b' -> text.append('\b');
                case 'f' -> text.append('\f');
                default -> text.append(escape);
            }
        }
        return new Read(text.toString(), at + 1);
    }

    /** An array with one message; empty if there is no whole character in it. What is no text cannot be sent. */
    String array(byte[] octets) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(rest);
        all.writeBytes(octets);
        byte[] joined = all.toByteArray();
        int whole = joined.length - cut(joined);
        rest = Arrays.copyOfRange(joined, whole, joined.length);
        byte[] text = Arrays.copyOf(joined, whole);
        if (!WebSocketWire.isUtf8(text)) {
            throw new IllegalArgumentException("SockJS carries text only");
        }
        return whole == 0 ? "" : "[" + quoted(new String(text, UTF_8)) + "]";
    }

    /** How many octets at the end are the beginning of a character. */
    private static int cut(byte[] octets) {
        for (int back = 1; back <= Math.min(3, octets.length); back++) {
            int octet = octets[octets.length - back] & 0xff;
            if (octet >= 0xc0) {
                int needed = octet < 0xe0 ? 2 : octet < 0xf0 ? 3 : 4;
                return needed > back ? back : 0;
            }
            if (octet < 0x80) {
                return 0;
            }
        }
        return 0;
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
