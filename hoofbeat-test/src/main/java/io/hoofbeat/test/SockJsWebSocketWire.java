/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** SockJS in a WebSocket: each message is a frame of SockJS. */
final class SockJsWebSocketWire implements Wire {
    private final WebSocketWire socket;
    private final SockJsFrames frames = new SockJsFrames();

    private SockJsWebSocketWire(WebSocketWire socket) {
        this.socket = socket;
    }

    static SockJsWebSocketWire connect(URI uri, StompPeer.Builder options) throws IOException {
        URI socket = URI.create("ws://" + uri.getAuthority() + uri.getRawPath() + "/000/"
                + Long.toString(System.nanoTime(), 36) + "/websocket");
        return new SockJsWebSocketWire(WebSocketWire.connect(socket, options));
    }

    @Override
    public void write(byte[] octets) throws IOException {
        String array = frames.array(octets);
        if (!array.isEmpty()) {
            socket.write(array.getBytes(UTF_8));
        }
    }

    @Override
    public @Nullable Chunk read(int millis) throws IOException {
        byte[] message = frames.poll();
        if (message == null) {
            Chunk chunk = socket.read(millis);
            if (chunk == null || chunk.octets().length == 0) {
                return chunk;
            }
            if (chunk.binary()) {
                throw new AssertionError("a binary message of SockJS");
            }
            frames.take(new String(chunk.octets(), UTF_8));
            message = frames.poll();
        }
        return message == null ? NOTHING : new Chunk(message, true, false);
    }

    @Override
    public void finish() throws IOException {
        socket.finish();
    }

    @Override
    public void reset() throws IOException {
        socket.reset();
    }

    @Override
    public int closeCode() {
        return frames.isClosed() ? frames.closeCode() : socket.closeCode();
    }

    @Override
    public String closeReason() {
        return frames.isClosed() ? frames.closeReason() : socket.closeReason();
    }

    @Override
    public long octetsRead() {
        return socket.octetsRead();
    }

    @Override
    public int localPort() {
        return socket.localPort();
    }

    @Override
    public int remotePort() {
        return socket.remotePort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
