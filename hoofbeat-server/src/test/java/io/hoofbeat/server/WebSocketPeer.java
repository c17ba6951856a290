/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;

/** A WebSocket client that does what the test says, right or wrong: heads, masks, fragments. */
final class WebSocketPeer extends RawPeer {
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    static final int FINAL = 0x80;
    static final int RSV1 = 0x40;

    private static final byte[] MASK = {0x11, (byte) 0xa2, 0x53, (byte) 0xc4};

    /** The answer to the handshake. */
    private String response = "";

    WebSocketPeer(int port) throws IOException {
        super(port);
    }

    WebSocketPeer(Socket socket) throws IOException {
        super(socket);
    }

    /** A frame as it came. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    record Incoming(int first, byte[] payload) {
        int opcode() {
            return first & 0x0f;
        }

        String text() {
            return new String(payload, UTF_8);
        }

        int closeCode() {
            return payload.length < 2 ? 1005 : ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
        }

        String closeReason() {
            return payload.length < 2 ? "" : new String(payload, 2, payload.length - 2, UTF_8);
        }
    }

    static WebSocketPeer open(int port) throws IOException {
        WebSocketPeer peer = new WebSocketPeer(port);
        peer.handshake("");
        return peer;
    }

    /** Shakes hands on /stomp, with further header lines. */
    WebSocketPeer handshake(String headers) throws IOException {
        return handshake("/stomp", headers);
    }

    static WebSocketPeer open(int port, String path) throws IOException {
        WebSocketPeer peer = new WebSocketPeer(port);
        peer.handshake(path, "");
        return peer;
    }

    private WebSocketPeer handshake(String path, String headers) throws IOException {
        write(request(headers).replace("GET /stomp ", "GET " + path + " "));
        response = readUpToEmptyLine();
        if (!response.startsWith("HTTP/1.1 101 ")) {
            throw new IOException(response);
        }
        return this;
    }

    static String request(String headers) {
        return """
                GET /stomp HTTP/1.1
                Host: localhost
                Upgrade: websocket
                Connection: Upgrade
                Sec-WebSocket-Key: aG9vZmJlYXQtd3Mta2V5MQ==
                Sec-WebSocket-Version: 13
                """.replace("\n", "\r\n") + headers + "\r\n";
    }

    String response() {
        return response;
    }

    /** A frame whose length is written in the shortest form, masked. */
    WebSocketPeer send(int first, byte[] payload) throws IOException {
        write(encode(first, payload));
        return this;
    }

    WebSocketPeer send(String text) throws IOException {
        return send(FINAL | TEXT, octets(text));
    }

    static byte[] encode(int first, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream(payload.length + 14);
        frame.write(first);
        int length = payload.length;
        if (length < 126) {
            frame.write(0x80 | length);
        } else if (length < 65_536) {
            frame.write(0x80 | 126);
            frame.write(length >> 8);
            frame.write(length);
        } else {
            frame.write(0x80 | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                frame.write((int) ((long) length >> shift));
            }
        }
        frame.writeBytes(MASK);
        for (int i = 0; i < length; i++) {
            frame.write(payload[i] ^ MASK[i % 4]);
        }
        return frame.toByteArray();
    }

    static byte[] close(int code, String reason) {
        byte[] text = reason.getBytes(UTF_8);
        byte[] payload = new byte[2 + text.length];
        payload[0] = (byte) (code >> 8);
        payload[1] = (byte) code;
        System.arraycopy(text, 0, payload, 2, text.length);
        return payload;
    }

    /** The next frame, whatever it is. */
    Incoming receive() throws IOException {
        int first = octet();
        int second = octet();
        if ((second & 0x80) != 0) {
            throw new IOException("a masked frame from the server");
        }
        long length = second & 0x7f;
        int more = length == 126 ? 2 : length == 127 ? 8 : 0;
        if (more > 0) {
            length = 0;
            for (int i = 0; i < more; i++) {
                length = (length << 8) | octet();
            }
        }
        return new Incoming(first, read((int) length));
    }

    private int octet() throws IOException {
        return read(1)[0] & 0xff;
    }

    /** The next data message, put together, without its NUL; heart-beats before it are skipped. */
    @Override
    String frame() throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        Incoming part;
        do {
            part = receive();
            if (part.opcode() == CLOSE) {
                throw new IOException("Close " + part.closeCode() + " " + part.closeReason());
            }
            whole.writeBytes(part.payload());
            if (whole.size() == 1 && whole.toByteArray()[0] == '\n') {
                whole.reset();
            }
        } while ((part.first() & FINAL) == 0 || whole.size() == 0);
        String text = whole.toString(UTF_8);
        if (!text.endsWith("\0") || text.indexOf(0) != text.length() - 1) {
            throw new IOException("not one frame: " + text.replace('\0', '@'));
        }
        return text.substring(0, text.length() - 1);
    }

    @Override
    String connect() throws IOException {
        send("CONNECT\naccept-version:1.2\nhost:h\n\n^@");
        return frame();
    }
}
