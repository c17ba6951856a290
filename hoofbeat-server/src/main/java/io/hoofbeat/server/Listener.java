/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An endpoint that is listened on, and the connections that came in there. Any thread. */
final class Listener extends ChannelInitializer<Channel> {
    private static final Logger LOG = LoggerFactory.getLogger(StompServer.class);

    /** Who is turned away is told why, but not more of them at a time. */
    private static final int MOST_REFUSALS = 256;

    private static final byte[] HEALTHY = "{\"status\":\"UP\"}\n".getBytes(StandardCharsets.UTF_8);

    private final StompServer server;
    private final Endpoint endpoint;
    /** Null if the endpoint has no certificate. */
    private final @Nullable SslContext tls;

    private final Origins origins;
    private final ProxyTrust proxies;
    private final Router router;
    private final Talk.Starter stomp;
    private final List<SockJsSessions> sockJs = new ArrayList<>();
    private final Map<Channel, Accepted> connections = new ConcurrentHashMap<>();
    private final Map<String, Integer> connectionsByAddress = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final Refrain refusedOrigins = new Refrain(System::nanoTime);

    /** Null until it is bound. */
    private @Nullable Channel socket;

    /**
     * Not bound so far.
     *
     * @param tls null if the endpoint has no certificate
     * @param mounts what is to be had by HTTP beside the endpoint's own STOMP, or instead of it if there are gates
     * @param resources what is served besides
     */
    Listener(
            StompServer server,
            Endpoint endpoint,
            @Nullable SslContext tls,
            List<? extends Mount> mounts,
            List<Resources> resources) {
        this.server = server;
        this.endpoint = endpoint;
        this.tls = tls;
        this.origins = new Origins(endpoint.origins());
        this.proxies = new ProxyTrust(endpoint.proxyTrust());
        this.stomp = StompTalk.with(server.broker());
        this.router = new Router().at("/health", Listener::health);
        resources.forEach(each -> router.below(each.path(), each));
        if (mounts.stream().noneMatch(GateMount.class::isInstance)) {
            mount(new StompMount(
                    endpoint.path(),
                    endpoint.sockJs(),
                    stomp,
                    server.broker().options().codec()));
        }
        mounts.forEach(this::mount);
    }

    private void mount(Mount mount) {
        if (mount.sockJs().enabled()) {
            SockJsRoute route = new SockJsRoute(this, mount);
            sockJs.add(route.sessions());
            router.below(mount.path(), route);
        } else {
            router.at(mount.path(), new WebSocketRoute(endpoint, mount, WebSocketRoute.Kind.ALONE));
        }
    }

    private static void health(HttpExchange exchange) {
        if (exchange.isMethod("GET") || exchange.isMethod("HEAD")) {
            exchange.answer(Answer.of(HttpResponseStatus.OK)
                    .with("Cache-Control", "no-store")
                    .body("application/json", HEALTHY));
        } else {
            exchange.answer(Answer.notAllowed("GET, HEAD"));
        }
    }

    @Override
    protected void initChannel(Channel channel) {
        int now = count.incrementAndGet();
        if (now > endpoint.maxConnections() + (long) MOST_REFUSALS) {
            count.decrementAndGet();
            channel.close();
            return;
        }
        Accepted accepted = new Accepted(this, server.loop(channel.eventLoop()), channel);
        connections.put(channel, accepted);
        channel.closeFuture().addListener(closed -> {
            connections.remove(channel);
            count.decrementAndGet();
            accepted.gone();
            server.connectionClosed();
        });
        accepted.begin(
                now > endpoint.maxConnections()
                        ? "too many connections (limit " + endpoint.maxConnections() + ")"
                        : null);
    }

    /**
     * One more from that address.
     *
     * @return why it is too much; null if it is not
     */
    @Nullable String countAddress(String address) {
        int there = connectionsByAddress.merge(address, 1, Integer::sum);
        return there > endpoint.maxConnectionsPerAddress()
                ? "too many connections from this address (limit " + endpoint.maxConnectionsPerAddress() + ")"
                : null;
    }

    void uncountAddress(String address) {
        connectionsByAddress.computeIfPresent(address, (key, there) -> there == 1 ? null : there - 1);
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

    boolean isEmpty() {
        return connections.isEmpty();
    }

    /** Tells everybody that it is over. */
    void tellAll() {
        for (Accepted connection : connections.values()) {
            connection.loop().eventLoop().execute(connection::stop);
        }
        sockJs.forEach(SockJsSessions::stop);
    }

    /** Forgets the sessions that are in no connection just now. */
    void forgetAll() {
        sockJs.forEach(SockJsSessions::forgetAll);
    }

    /** Closes what is left, without a word. */
    void closeAll() {
        connections.keySet().forEach(Channel::close);
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

    ProxyTrust proxies() {
        return proxies;
    }

    boolean trusts(InetAddress proxy) {
        return proxies.trusts(proxy);
    }

    /** How STOMP begins. */
    Talk.Starter stomp() {
        return stomp;
    }

    Router router() {
        return router;
    }

    /** Says so once for each origin and minute. */
    void refusedOrigin(String whole) {
        String origin = Refrain.shorten(whole);
        long unsaid = refusedOrigins.say(origin);
        if (unsaid >= 0) {
            LOG.warn(
                    "{}: refused a page of {}; origins that may connect are listed under 'origins'{}",
                    endpoint.name(),
                    origin,
                    Refrain.tail(unsaid));
        }
    }
}
