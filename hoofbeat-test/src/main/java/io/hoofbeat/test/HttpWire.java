/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection on which HTTP is spoken: a request, and then its answer as it comes; for {@link SockJsWire}. */
final class HttpWire {
    final StreamWire stream;
    private final String authority;
    private final Map<String, String> headers;
    private byte[] unread = new byte[8_192];
    private int used;
    private int filled;

    /** 0 until the answer's head has come. */
    private int status;

    private boolean isBusy;
    private boolean isChunked;
    private long bodyLeft;
    private boolean hasEnded;

    HttpWire(URI uri, StompPeer.Builder options) throws IOException {
        this.stream = StreamWire.connect(uri.getHost(), uri.getPort(), false, options);
        this.authority = uri.getHost() + ":" + uri.getPort();
        this.headers = options.httpHeaders;
    }

    /** Whether an answer is awaited. */
    boolean isBusy() {
        return isBusy;
    }

    /** Whether the server has closed the connection. */
    boolean hasEnded() {
        return hasEnded;
    }

    void request(String method, String path, byte[] body) throws IOException {
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: " + authority + "\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
        byte[] first = head.toString().getBytes(ISO_8859_1);
        byte[] all = Arrays.copyOf(first, first.length + body.length);
        System.arraycopy(body, 0, all, first.length, body.length);
        isBusy = true;
        status = 0;
        stream.write(all);
    }

    /** The status of the answer at hand; 0 if it has not come so far. */
    int status() {
        return status;
    }

    /**
     * Reads once, if there is nothing that was read before.
     *
     * @return the next piece of the answer's body; empty if none came in time, null at its end
     */
    byte @Nullable [] read(int millis) throws IOException {
        byte[] piece = next();
        if (piece != null && piece.length == 0 && !hasEnded) {
            fill(millis);
            piece = next();
        }
        return piece;
    }

    private byte @Nullable [] next() throws IOException {
        if (status == 0 && !head()) {
            return new byte[0];
        }
        if (isChunked && bodyLeft == 0 && !chunk()) {
            return isBusy ? new byte[0] : null;
        }
        if (bodyLeft == 0) {
            isBusy = false;
            return null;
        }
        int length = (int) Math.min(bodyLeft, filled - used);
        byte[] piece = Arrays.copyOfRange(unread, used, used + length);
        used += length;
        bodyLeft -= length;
        return piece;
    }

    private boolean head() throws IOException {
        String text = new String(unread, used, filled - used, ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        used += end + 4;
        String[] lines = text.substring(0, end).split("\r\n");
        if (!lines[0].startsWith("HTTP/1.1 ")) {
            throw new AssertionError("not an answer: " + lines[0]);
        }
        status = Integer.parseInt(lines[0].substring(9, 12));
        isChunked = false;
        bodyLeft = 0;
        for (String line : lines) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                bodyLeft = Long.parseLong(lower.substring(15).strip());
            } else if (lower.startsWith("transfer-encoding:")) {
                isChunked = true;
            }
        }
        return true;
    }

    /** The length of the next chunk, if it is there; false if not, or if it was the last. */
    private boolean chunk() {
        int at = used;
        while (at < filled && (unread[at] == '\r' || unread[at] == '\n')) {
            at++; // behind the chunk before
        }
        int end = at;
        while (end < filled && unread[end] != '\n') {
            end++;
        }
        if (end == filled) {
            return false;
        }
        long length = Long.parseLong(new String(unread, at, end - at, US_ASCII).strip(), 16);
        if (length == 0) {
            if (filled - end < 3) {
                return false;
            }
            used = end + 3;
            isBusy = false;
            return false;
        }
        used = end + 1;
        bodyLeft = length;
        return true;
    }

    private void fill(int millis) throws IOException {
        Wire.Chunk chunk = stream.read(millis);
        if (chunk == null) {
            hasEnded = true;
            return;
        }
        byte[] octets = chunk.octets();
        if (filled + octets.length > unread.length) {
            ByteArrayOutputStream kept = new ByteArrayOutputStream();
            kept.write(unread, used, filled - used);
            filled = kept.size();
            used = 0;
            unread = Arrays.copyOf(kept.toByteArray(), Math.max(8_192, 2 * (filled + octets.length)));
        }
        System.arraycopy(octets, 0, unread, filled, octets.length);
        filled += octets.length;
    }

    void reset() throws IOException {
        stream.reset();
    }

    void close() throws IOException {
        stream.close();
    }
}
