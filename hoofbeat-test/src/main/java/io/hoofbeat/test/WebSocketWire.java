/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket client of few lines (RFC 6455), independent of the code that it tests.
 *
 * <p>Each {@link #write} is one message: binary if asked for, else text where the octets are UTF-8. Pings are answered. A
 * close frame is answered and ends the reading, as the tests' <code>{closed}</code> demands; the TCP connection stays until
 * {@link #close}.
 */
final class WebSocketWire implements Wire {
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final StreamWire stream;
    private final boolean binary;
    private final boolean tls;

    /** What was read: from {@link #used} on it was not looked at so far, at {@link #filled} it ends. */
    private byte[] unread = new byte[8_192];

    private int used;
    private int filled;
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private int messageOpcode = -1;
    private boolean closed;
    private boolean closeSent;
    private int closeCode;
    private String closeReason = "";

    private WebSocketWire(StreamWire stream, boolean binary, boolean tls) {
        this.stream = stream;
        this.binary = binary;
        this.tls = tls;
    }

    static WebSocketWire connect(URI uri, StompPeer.Builder options) throws IOException {
        boolean tls = "wss".equals(uri.getScheme());
        int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
        StreamWire stream = StreamWire.connect(uri.getHost(), port, tls, options);
        try {
            WebSocketWire wire = new WebSocketWire(stream, options.binary, tls);
            wire.shakeHands(uri, port, options);
            return wire;
        } catch (IOException | RuntimeException | AssertionError e) {
            stream.close();
            throw e;
        }
    }

    private void shakeHands(URI uri, int port, StompPeer.Builder options) throws IOException {
        byte[] nonce = new byte[16];
        ThreadLocalRandom.current().nextBytes(nonce);
        StringBuilder request = new StringBuilder("GET ")
                .append(uri.getRawPath().isEmpty() ? "/" : uri.getRawPath())
                .append(uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())
                .append(" HTTP/1.1\r\nHost: ")
                .append(uri.getHost())
                .append(':')
                .append(port)
                .append(
                        "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ")
                .append(Base64.getEncoder().encodeToString(nonce))
                .append("\r\n");
        if (!options.subprotocols.isEmpty()) {
            request.append("Sec-WebSocket-Protocol: ")
                    .append(options.subprotocols)
                    .append("\r\n");
        }
        options.httpHeaders.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        stream.write(request.append("\r\n").toString().getBytes(ISO_8859_1));
        String answer = readAnswer(options.timeoutMillis);
        if (!answer.startsWith("HTTP/1.1 101 ")) {
            throw new IOException(
                    "no upgrade to WebSocket: " + answer.lines().findFirst().orElse("(nothing)"));
        }
    }

    private String readAnswer(int timeoutMillis) throws IOException {
        long deadline = System.nanoTime() + timeoutMillis * 1_000_000L;
        while (true) {
            String text = new String(unread, 0, filled, ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            if (end >= 0) {
                used = end + 4;
                return text.substring(0, end).toUpperCase(Locale.ROOT);
            }
            int left = (int) ((deadline - System.nanoTime()) / 1_000_000);
            if (left <= 0 || !fill(left)) {
                throw new IOException("the WebSocket handshake was not answered, but with: " + text);
            }
        }
    }

    @Override
    public void write(byte[] octets) throws IOException {
        stream.write(frame(binary || !isUtf8(octets) ? BINARY : TEXT, octets));
    }

    /** One masked frame, the only one of its message. */
    private static byte[] frame(int opcode, byte[] octets) {
        ByteBuffer frame = ByteBuffer.allocate(14 + octets.length);
        frame.put((byte) (0x80 | opcode));
        if (octets.length < 126) {
            frame.put((byte) (0x80 | octets.length));
        } else if (octets.length < 65_536) {
            frame.put((byte) (0x80 | 126)).putShort((short) octets.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(octets.length);
        }
        byte[] mask = new byte[4];
        ThreadLocalRandom.current().nextBytes(mask);
        frame.put(mask);
        for (int i = 0; i < octets.length; i++) {
            frame.put((byte) (octets[i] ^ mask[i & 3]));
        }
        return Arrays.copyOf(frame.array(), frame.position());
    }

    @Override
    public @Nullable Chunk read(int millis) throws IOException {
        if (closed) {
            return null;
        }
        Chunk chunk = nextMessage();
        if (chunk == null && !closed && fill(millis)) {
            chunk = nextMessage();
        }
        return chunk != null || closed ? chunk : NOTHING;
    }

    /** The next whole message of what was read; null if there is none, or the connection was closed. */
    private @Nullable Chunk nextMessage() throws IOException {
        while (filled - used >= 2) {
            int first = unread[used] & 0xff;
            int second = unread[used + 1] & 0xff;
            int extra = (second & 0x7f) == 126 ? 2 : (second & 0x7f) == 127 ? 8 : 0;
            if (filled - used < 2 + extra) {
                return null;
            }
            long length = second & 0x7f;
            if (extra > 0) {
                ByteBuffer number = ByteBuffer.wrap(unread, used + 2, extra);
                length = extra == 2 ? number.getShort() & 0xffff : number.getLong();
            }
            if ((first & 0x70) != 0 || (second & 0x80) != 0 || length < 0 || length > Integer.MAX_VALUE - 100) {
                throw new AssertionError("broken WebSocket frame: " + first + " " + second + " " + length);
            }
            int start = used + 2 + extra;
            if (filled - start < length) {
                return null;
            }
            byte[] payload = Arrays.copyOfRange(unread, start, start + (int) length);
            used = start + (int) length;
            Chunk chunk = take((first & 0x80) != 0, first & 0x0f, payload);
            if (chunk != null || closed) {
                return chunk;
            }
        }
        return null;
    }

    private @Nullable Chunk take(boolean fin, int opcode, byte[] payload) throws IOException {
        switch (opcode) {
            case TEXT, BINARY, CONTINUATION -> {
                if ((opcode == CONTINUATION) != (messageOpcode >= 0)) {
                    throw new AssertionError("WebSocket fragments out of order: opcode " + opcode);
                }
                if (opcode != CONTINUATION) {
                    messageOpcode = opcode;
                }
                message.writeBytes(payload);
                return fin ? wholeMessage() : null;
            }
            case PING -> stream.write(frame(PONG, payload));
            case PONG -> {}
            case CLOSE -> {
                closed = true;
                if (payload.length >= 2) {
                    closeCode = ByteBuffer.wrap(payload).getShort() & 0xffff;
                    closeReason = new String(payload, 2, payload.length - 2, UTF_8);
                }
                answerClose(payload);
            }
            default -> throw new AssertionError("unknown WebSocket opcode " + opcode);
        }
        return null;
    }

    private void answerClose(byte[] payload) {
        if (closeSent) {
            return;
        }
        closeSent = true;
        try {
            stream.write(frame(CLOSE, Arrays.copyOf(payload, Math.min(2, payload.length))));
        } catch (IOException e) {
            // The server is free to be gone already; its close frame is what counts.
            closed = true;
        }
    }

    private Chunk wholeMessage() {
        byte[] octets = message.toByteArray();
        boolean text = messageOpcode == TEXT;
        if (text && !isUtf8(octets)) {
            throw new AssertionError("a text message that is not UTF-8: " + Script.show(octets));
        }
        message.reset();
        messageOpcode = -1;
        return new Chunk(octets, true, !text);
    }

    /** Reads once; false if nothing came in time or the stream is at its end. */
    private boolean fill(int millis) throws IOException {
        Chunk chunk = stream.read(millis);
        if (chunk == null) {
            closed = true;
            return false;
        }
        byte[] octets = chunk.octets();
        if (filled + octets.length > unread.length) {
            int kept = filled - used;
            byte[] target = kept + octets.length > unread.length ? new byte[2 * (kept + octets.length)] : unread;
            System.arraycopy(unread, used, target, 0, kept);
            unread = target;
            used = 0;
            filled = kept;
        }
        System.arraycopy(octets, 0, unread, filled, octets.length);
        filled += octets.length;
        return octets.length > 0;
    }

    static boolean isUtf8(byte[] octets) {
        try {
            UTF_8.newDecoder().decode(ByteBuffer.wrap(octets));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    @Override
    public void finish() throws IOException {
        if (!closeSent) {
            closeSent = true;
            stream.write(frame(CLOSE, new byte[] {0x03, (byte) 0xe8}));
        }
    }

    @Override
    public void reset() throws IOException {
        stream.reset();
    }

    @Override
    public int closeCode() {
        return closeCode;
    }

    @Override
    public String closeReason() {
        return closeReason;
    }

    @Override
    public long octetsRead() {
        return stream.octetsRead();
    }

    @Override
    public int localPort() {
        return stream.localPort();
    }

    @Override
    public int remotePort() {
        return stream.remotePort();
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }

    @Override
    public String toString() {
        return tls ? "wss" : "ws";
    }
}
