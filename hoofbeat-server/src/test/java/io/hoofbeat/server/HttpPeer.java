/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** An HTTP client that does what the test says; one connection, on which answers are read one after the other. */
final class HttpPeer extends RawPeer {

    HttpPeer(int port) throws IOException {
        super(port);
    }

    /**
     * An answer, or the beginning of one.
     *
     * @param version "HTTP/1.1"
     * @param headers by names in lower case
     */
    record Response(String version, int status, Map<String, String> headers, String body) {

        /** Empty if it is not there. */
        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    /** A request on a connection of its own. */
    static Response request(int port, String method, String path, String body, String... headers) throws IOException {
        try (HttpPeer peer = new HttpPeer(port)) {
            return peer.send(method, path, body, headers).response();
        }
    }

    static Response get(int port, String path, String... headers) throws IOException {
        return request(port, "GET", path, "", headers);
    }

    static Response post(int port, String path, String body, String... headers) throws IOException {
        return request(port, "POST", path, body, headers);
    }

    static Response options(int port, String path, String... headers) throws IOException {
        return request(port, "OPTIONS", path, "", headers);
    }

    HttpPeer send(String method, String path, String body, String... headers) throws IOException {
        write(text(method, path, body, headers));
        return this;
    }

    /** A request as octets; with its length if it has a body. */
    static byte[] text(String method, String path, String body, String... headers) {
        byte[] octets = body.getBytes(UTF_8);
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        if (octets.length > 0) {
            head.append("Content-Length: ").append(octets.length).append("\r\n");
        }
        byte[] first = head.append("\r\n").toString().getBytes(UTF_8);
        byte[] all = java.util.Arrays.copyOf(first, first.length + octets.length);
        System.arraycopy(octets, 0, all, first.length, octets.length);
        return all;
    }

    /** Octets that have come and were not read. */
    int available() throws IOException {
        return in().available();
    }

    /** The head of an answer. */
    Response head() throws IOException {
        String head = readUpToEmptyLine();
        String[] lines = head.split("\r\n");
        String[] status = lines[0].split(" ", 3);
        if (status.length < 2) {
            throw new IOException("no answer, but: " + head + rest());
        }
        Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            String[] field = lines[i].split(": ?", 2);
            headers.merge(field[0].toLowerCase(Locale.ROOT), field[1], (a, b) -> a + ", " + b);
        }
        return new Response(status[0], Integer.parseInt(status[1]), headers, "");
    }

    /** A whole answer. */
    Response response() throws IOException {
        Response head = head();
        String body = "";
        if (head.header("transfer-encoding").equals("chunked")) {
            java.io.ByteArrayOutputStream chunks = new java.io.ByteArrayOutputStream();
            for (byte[] chunk = chunkOctets(); chunk.length > 0; chunk = chunkOctets()) {
                chunks.writeBytes(chunk);
            }
            body = chunks.toString(UTF_8);
        } else if (!head.header("content-length").isEmpty()) {
            body = new String(read(Integer.parseInt(head.header("content-length"))), UTF_8);
        } else if (head.header("connection").equals("close")) {
            body = rest();
        }
        return new Response(head.version, head.status, head.headers, body);
    }

    /** The next chunk of a streaming answer; empty at its end. */
    String chunk() throws IOException {
        return new String(chunkOctets(), UTF_8);
    }

    byte[] chunkOctets() throws IOException {
        String length = readUpTo('\n').strip();
        byte[] chunk = read(Integer.parseInt(length, 16));
        if (!readUpTo('\n').equals("\r")) {
            throw new IOException("a chunk that does not end where it says: " + new String(chunk, UTF_8));
        }
        return chunk;
    }
}
