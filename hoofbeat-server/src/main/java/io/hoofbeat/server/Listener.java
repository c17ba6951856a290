/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An endpoint that is listened on, and the connections that came in there. Any thread. */
final class Listener extends ChannelInitializer<Channel> {
    private static final Logger LOG = LoggerFactory.getLogger(StompServer.class);

    private final StompServer server;
    private final Endpoint endpoint;
    /** Null if the endpoint has no certificate. */
    private final @Nullable SslContext tls;

    private final Origins origins;
    private final Router router;
    private final Set<Channel> connections = ConcurrentHashMap.newKeySet();

    /** Null until it is bound. */
    private @Nullable Channel socket;

    Listener(StompServer server, Endpoint endpoint, @Nullable SslContext tls) {
        this.server = server;
        this.endpoint = endpoint;
        this.tls = tls;
        this.origins = new Origins(endpoint.origins());
        this.router = new Router(Map.of(endpoint.path(), new WebSocketRoute(endpoint.compression())));
    }

    @Override
    protected void initChannel(Channel channel) {
        connections.add(channel);
        channel.closeFuture().addListener(closed -> {
            connections.remove(channel);
            server.connectionClosed();
        });
        new Accepted(this, server.loop(channel.eventLoop()), channel).begin();
    }

    void bound(Channel socket) {
        this.socket = socket;
    }

    int port() {
        return ((InetSocketAddress) Objects.requireNonNull(socket).localAddress()).getPort();
    }

    /** Lets nobody in any more. */
    void stop() {
        if (socket != null) {
            socket.close().syncUninterruptibly();
        }
    }

    Set<Channel> connections() {
        return connections;
    }

    StompServer server() {
        return server;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    boolean isSecure() {
        return tls != null;
    }

    SslContext tls() {
        return Objects.requireNonNull(tls);
    }

    Origins origins() {
        return origins;
    }

    Router router() {
        return router;
    }

    void refusedOrigin(String origin) {
        LOG.warn(
                "{}: refused a page of {}; origins that may connect are listed under 'origins'",
                endpoint.name(),
                origin);
    }
}
