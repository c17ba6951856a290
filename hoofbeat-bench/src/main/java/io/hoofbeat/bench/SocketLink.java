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

/** A link that is one connection, plain or WebSocket. What is sent gathers until the loop's turn ends. */
final class SocketLink extends Link implements Loop.Ready {

    private enum State {
        CONNECTING,
        UPGRADING,
        OPEN,
        CLOSED
    }

    private static final byte[] NOTHING = {};
    private static final int SMALL = 512;

    private final Loop loop;
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

    SocketLink(int index, Loop loop, Target target, Events events) throws IOException {
        super(index, target);
        this.loop = loop;
        this.wire = Wire.of(target);
        this.events = events;
        channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    @Override
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

    @Override
    boolean isOpen() {
        return state == State.OPEN;
    }

    @Override
    Wire wire() {
        return wire;
    }

    @Override
    long lastReadNanos() {
        return lastReadNanos;
    }

    // ---- sending

    @Override
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

    @Override
    void send(byte[] frame, int length) {
        wire.write(frame, length, room(length + Wire.MOST));
    }

    @Override
    int pending() {
        return out.position();
    }

    @Override
    public void flush() {
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

    @Override
    void idle() {
        idle = true;
    }

    /** Reads nothing any more, as a client does that has got stuck. */
    void freeze() {
        paused = true;
        interest();
    }

    // ---- receiving

    @Override
    public void ready() {
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

    @Override
    public void close() {
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
