/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/** A socket of ours as Spring sees it. Any thread. */
final class NativeSocket implements WebSocketSession {
    private final NativeConnection connection;
    private final Admitted admitted;
    private final @Nullable String subprotocol;
    private final Wire wire;

    NativeSocket(NativeConnection connection, Admitted admitted, @Nullable String subprotocol) {
        this.connection = connection;
        this.admitted = admitted;
        this.subprotocol = subprotocol;
        this.wire = new Wire(this, connection);
    }

    Wire wire() {
        return wire;
    }

    @Override
    public String getId() {
        return admitted.id();
    }

    @Override
    public URI getUri() {
        return admitted.uri();
    }

    @Override
    public HttpHeaders getHandshakeHeaders() {
        return admitted.headers();
    }

    @Override
    public Map<String, Object> getAttributes() {
        return admitted.attributes();
    }

    @Override
    public @Nullable Principal getPrincipal() {
        return admitted.user();
    }

    @Override
    public @Nullable InetSocketAddress getLocalAddress() {
        return admitted.local();
    }

    @Override
    public @Nullable InetSocketAddress getRemoteAddress() {
        return admitted.remote();
    }

    @Override
    public @Nullable String getAcceptedProtocol() {
        return subprotocol;
    }

    /** The limit is STOMP's: messages are read piece by piece. */
    @Override
    public void setTextMessageSizeLimit(int octets) {}

    @Override
    public int getTextMessageSizeLimit() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void setBinaryMessageSizeLimit(int octets) {}

    @Override
    public int getBinaryMessageSizeLimit() {
        return Integer.MAX_VALUE;
    }

    /** What is compressed is the listener's business. */
    @Override
    public List<WebSocketExtension> getExtensions() {
        return List.of();
    }

    @Override
    public void sendMessage(WebSocketMessage<?> message) throws IOException {
        if (message instanceof TextMessage text) {
            connection.send(text.asBytes(), false);
        } else if (message instanceof BinaryMessage binary) {
            byte[] octets = new byte[binary.getPayload().remaining()];
            binary.getPayload().duplicate().get(octets);
            connection.send(octets, true);
        } else if (!(message instanceof PingMessage) && !(message instanceof PongMessage)) {
            throw new IllegalArgumentException("neither text nor binary: " + message);
        }
    }

    @Override
    public boolean isOpen() {
        return connection.isOpen();
    }

    @Override
    public void close() {
        close(CloseStatus.NORMAL);
    }

    @Override
    public void close(CloseStatus status) {
        connection.close(status);
    }

    @Override
    public String toString() {
        return "session " + getId() + " at " + getUri();
    }
}
