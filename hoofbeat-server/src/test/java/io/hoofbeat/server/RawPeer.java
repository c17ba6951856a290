/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client that is nothing but a socket: tests say what it writes, octet by octet, and look at what comes. */
class RawPeer implements AutoCloseable {
    static final int TIMEOUT_MILLIS = 10_000;

    private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)\r\ncontent-length: *([0-9]+)\r\n");

    final Socket socket;
    private final InputStream in;

    RawPeer(int port) throws IOException {
        this(connected(port));
    }

    RawPeer(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        this.in = new java.io.BufferedInputStream(socket.getInputStream());
    }

    private static Socket connected(int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress("127.0.0.1", port), TIMEOUT_MILLIS);
        return socket;
    }

    RawPeer write(byte... octets) throws IOException {
        socket.getOutputStream().write(octets);
        socket.getOutputStream().flush();
        return this;
    }

    /** STOMP's NUL is written as ^@ at the end of a frame in tests. */
    RawPeer write(String text) throws IOException {
        return write(octets(text));
    }

    static byte[] octets(String text) {
        return text.replace("^@", "\0").getBytes(UTF_8);
    }

    InputStream in() {
        return in;
    }

    int read() throws IOException {
        return in.read();
    }

    byte[] read(int length) throws IOException {
        byte[] octets = in.readNBytes(length);
        if (octets.length < length) {
            throw new EOFException("the end after " + octets.length + " of " + length + " octets");
        }
        return octets;
    }

    /** Up to the octet, which is left out. */
    String readUpTo(int end) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        int octet;
        while ((octet = in.read()) != end) {
            if (octet < 0) {
                throw new EOFException("the end after '" + text.toString(UTF_8) + "'");
            }
            text.write(octet);
        }
        return text.toString(UTF_8);
    }

    String readUpToEmptyLine() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int octet = read();
            if (octet < 0) {
                return head.toString();
            }
            head.append((char) octet);
        }
        return head.toString();
    }

    /** The body of an answer of HTTP that says how long it is. */
    String body(String head) throws IOException {
        Matcher length = CONTENT_LENGTH.matcher(head);
        return length.find() ? new String(read(Integer.parseInt(length.group(1))), UTF_8) : "";
    }

    /** A STOMP frame without its NUL, heart-beats before it skipped. */
    String frame() throws IOException {
        String frame;
        do {
            frame = readUpTo(0);
        } while (frame.isEmpty());
        return frame.replaceFirst("^\n+", "");
    }

    /** CONNECT in 1.2, and its CONNECTED. */
    String connect() throws IOException {
        write("CONNECT\naccept-version:1.2\nhost:h\n\n^@");
        return frame();
    }

    /** What is left until the server closes; "[reset]" at its end if it was none in order. */
    String rest() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            in.transferTo(text);
        } catch (SocketException e) {
            text.writeBytes("[reset]".getBytes(UTF_8));
        }
        return text.toString(UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
