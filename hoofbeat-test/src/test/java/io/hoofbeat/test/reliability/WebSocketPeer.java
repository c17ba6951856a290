/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.reliability;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A raw WebSocket: a handshake, masked messages of text, and all that comes back. One thread. */
final class WebSocketPeer implements AutoCloseable {
    private static final String HANDSHAKE = String.join(
            "\r\n",
            "GET /stomp HTTP/1.1",
            "Host: localhost",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            "Sec-WebSocket-Protocol: v12.stomp",
            "",
            "");
    private static final int TEXT = 0x81;
    private static final int MASKED = 0x80;

    private final Socket socket = new Socket();

    WebSocketPeer(int port) throws IOException {
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(HANDSHAKE.getBytes(ISO_8859_1));
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        while (!answer.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            int octet = in.read();
            if (octet < 0) {
                throw new IOException("no handshake: " + answer.toString(ISO_8859_1));
            }
            answer.write(octet);
        }
    }

    /** One message of at most 125 octets; the mask is all zeros. */
    void send(String text) throws IOException {
        byte[] octets = text.getBytes(ISO_8859_1);
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(TEXT);
        frame.write(MASKED | octets.length);
        frame.write(new byte[4]);
        frame.write(octets);
        socket.getOutputStream().write(frame.toByteArray());
    }

    /** Everything until the server's Close frame or the end, framing and all. */
    String readToEnd() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[4096];
        int count = in.read(buffer);
        while (count >= 0) {
            all.write(buffer, 0, count);
            if (all.toString(ISO_8859_1).contains("\u0088")) {
                break;
            }
            count = in.read(buffer);
        }
        return all.toString(ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
