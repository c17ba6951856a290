/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.reliability;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Cuts what a server sends into frames; trusts it to send well-formed ones. One thread. */
final class Inbox {

    /** A frame as it stood on the wire, octets as Latin-1; of repeated headers the first. */
    record Reply(String command, Map<String, String> headers, String body) {

        String header(String name) {
            return headers.get(name);
        }

        boolean is(String command) {
            return this.command.equals(command);
        }
    }

    private byte[] octets = new byte[1024];
    private int start;
    private int end;

    void add(ByteBuffer more) {
        int count = more.remaining();
        if (end + count > octets.length) {
            int kept = end - start;
            byte[] to = kept + count > octets.length ? new byte[Math.max(2 * octets.length, kept + count)] : octets;
            System.arraycopy(octets, start, to, 0, kept);
            octets = to;
            start = 0;
            end = kept;
        }
        more.get(octets, end, count);
        end += count;
    }

    /** The next frame, or null if it is not complete. */
    Reply next() {
        while (start < end && (octets[start] == '\n' || octets[start] == '\r')) {
            start++;
        }
        int head = start;
        while (head + 1 < end && !(octets[head] == '\n' && octets[head + 1] == '\n')) {
            head++;
        }
        if (head + 1 >= end) {
            return null;
        }
        String[] lines = new String(octets, start, head - start, ISO_8859_1).split("\n", -1);
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line : Arrays.asList(lines).subList(1, lines.length)) {
            int colon = line.indexOf(':');
            headers.putIfAbsent(line.substring(0, colon), line.substring(colon + 1));
        }
        int body = head + 2;
        String length = headers.get("content-length");
        int stop = body;
        if (length != null) {
            stop += Integer.parseInt(length);
        } else {
            while (stop < end && octets[stop] != 0) {
                stop++;
            }
        }
        if (stop >= end) {
            return null;
        }
        start = stop + 1;
        return new Reply(lines[0], headers, new String(octets, body, stop - body, ISO_8859_1));
    }
}
