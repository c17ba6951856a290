/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One connection to the server. What is sent gathers until the loop's turn ends. Used by the loop's thread. */
final class Link {

    /** What a user of the link is told. */
    interface Events extends FrameScanner.Handler {

        /** Frames can be sent. */
        void opened(Link link);

        /** The server, or the network, ended it. */
        void closed(Link link, String why);
    }

    private enum State {
        CONNECTING,
        UPGRADING,
        OPEN,
        CLOSED
    }

    private static final byte[] NOTHING = {};
    private static final int SMALL = 512;

    /** Its number among its kind, as its user counts. */
    final int index;

    private final Loop loop;
    private final Target target;
    private final Wire wire;
    private final Events events;
    private final SocketChannel channel;
    private State state = State.CONNECTING;
    private @Nullable SelectionKey key;

    private ByteBuffer out = ByteBuffer.allocate(0);
    private boolean dirty;
    private boolean paused;
    private boolean idle;

    /** Octets of a frame that has not come whole. */
    private byte[] stompRest = NOTHING;

    private byte[] webSocketRest = NOTHING;
    private long lastReadNanos;

    Link(int index, Loop loop, Target target, Events events) throws IOException {
        this.index = index;
        this.loop = loop;
        this.target = target;
        this.wire = Wire.of(target);
        this.events = events;
        channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    void connect() throws IOException {
        key = channel.register(loop.selector(), SelectionKey.OP_CONNECT, this);
        if (channel.connect(target.address())) {
            connected();
        }
    }

    private void connected() {
        if (target.isWebSocket()) {
            state = State.UPGRADING;
            byte[] request = Wire.WebSocket.upgrade(target);
            room(request.length).put(request);
        } else {
            state = State.OPEN;
            events.opened(this);
        }
        interest();
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    Target target() {
        return target;
    }

    Wire wire() {
        return wire;
    }

    long lastReadNanos() {
        return lastReadNanos;
    }

    // ---- sending

    /** Room for so many octets as they go over the wire. */
    ByteBuffer room(int octets) {
        if (out.remaining() < octets) {
            int capacity = Math.max(SMALL, Math.max(out.position() + octets, out.capacity() * 2));
            out = ByteBuffer.allocate(capacity).put(out.flip());
        }
        if (!dirty && state != State.CLOSED) {
            dirty = true;
            loop.dirty(this);
        }
        return out;
    }

    /** Sends a frame that is not prepared. */
    void send(String frame) {
        byte[] octets = frame.getBytes(UTF_8);
        send(octets, octets.length);
    }

    void send(byte[] frame, int length) {
        wire.write(frame, length, room(length + Wire.MOST));
    }

    /** What the socket has not taken so far. */
    int pending() {
        return out.position();
    }

    /** The loop's turn ends. */
    void flush() {
        dirty = false;
        if (state == State.CONNECTING || state == State.CLOSED || out.position() == 0) {
            return;
        }
        out.flip();
        try {
            channel.write(out);
        } catch (IOException e) {
            end("write: " + e.getMessage());
            return;
        }
        out.compact();
        if (out.position() == 0 && idle) {
            out = ByteBuffer.allocate(0);
        }
        interest();
    }

    private void interest() {
        if (key == null || !key.isValid()) {
            return;
        }
        int ops = (paused ? 0 : SelectionKey.OP_READ) | (out.position() > 0 ? SelectionKey.OP_WRITE : 0);
        if (key.interestOps() != ops) {
            key.interestOps(ops);
        }
    }

    /** Keeps no room for sending between two frames: it will be one of many thousands, and send little. */
    void idle() {
        idle = true;
    }

    /** Reads nothing any more, as a client does that has got stuck. */
    void freeze() {
        paused = true;
        interest();
    }

    // ---- receiving

    /** The socket is ready for something. */
    void ready() {
        try {
            if (state == State.CONNECTING) {
                if (channel.finishConnect()) {
                    connected();
                }
                return;
            }
            if (key != null && key.isValid() && key.isWritable()) {
                flush();
            }
            if (key != null && key.isValid() && key.isReadable()) {
                read();
            }
        } catch (IOException e) {
            end(String.valueOf(e.getMessage()));
        }
    }

    private void read() throws IOException {
        Inbound inbound = loop.inbound();
        boolean raw = target.isWebSocket();
        int end = inbound.read(channel, raw ? webSocketRest : stompRest);
        if (end < 0) {
            end("closed by the server");
            return;
        }
        lastReadNanos = loop.readAt();
        int start = 0;
        if (state == State.UPGRADING) {
            start = upgraded(inbound.octets(), end);
            if (state != State.OPEN) {
                return;
            }
        }
        if (raw) {
            readWebSocket(inbound, start, end);
        } else {
            int used = loop.scanner().scan(inbound.octets(), 0, end, this, events);
            stompRest = rest(inbound.octets(), used, end);
        }
    }

    private void readWebSocket(Inbound inbound, int start, int end) {
        int used = inbound.unwrap(start, end, stompRest);
        webSocketRest = rest(inbound.octets(), used, end);
        if (inbound.pingLength() >= 0 && wire instanceof Wire.WebSocket webSocket) {
            webSocket.pong(
                    inbound.octets(),
                    inbound.pingStart(),
                    inbound.pingLength(),
                    room(inbound.pingLength() + Wire.MOST));
        }
        int plainEnd = inbound.plainEnd();
        int scanned = loop.scanner().scan(inbound.plain(), 0, plainEnd, this, events);
        stompRest = rest(inbound.plain(), scanned, plainEnd);
        if (inbound.isClosing()) {
            end("WebSocket closed by the server" + inbound.closeText());
        }
    }

    private static byte[] rest(byte[] octets, int from, int to) {
        return from == to ? NOTHING : Arrays.copyOfRange(octets, from, to);
    }

    /** Where the first WebSocket frame begins. */
    private int upgraded(byte[] octets, int end) {
        String head = new String(octets, 0, Math.min(end, 4096), UTF_8);
        int blank = head.indexOf("\r\n\r\n");
        if (blank < 0) {
            webSocketRest = rest(octets, 0, end);
            return end;
        }
        webSocketRest = NOTHING;
        if (!head.startsWith("HTTP/1.1 101")) {
            end("no upgrade: " + head.lines().findFirst().orElse(""));
            return end;
        }
        state = State.OPEN;
        events.opened(this);
        return blank + 4;
    }

    // ---- the end

    private void end(String why) {
        if (state != State.CLOSED) {
            close();
            events.closed(this, why);
        }
    }

    /** Closes it without telling anyone. */
    void close() {
        state = State.CLOSED;
        out = ByteBuffer.allocate(0);
        if (key != null) {
            key.cancel();
        }
        try {
            channel.close();
        } catch (IOException e) {
            loop.note("close: " + e.getMessage());
        }
    }
}
