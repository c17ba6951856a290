/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.Authenticator;
import io.hoofbeat.broker.Broker;
import io.hoofbeat.broker.BrokerListener;
import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.broker.Setting;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker and the endpoints around it.
 *
 * <pre>{@code
 * try (StompServer server = StompServer.builder().tcp(61613).webSocket(8080, "/stomp").start()) {
 *     server.broker().handle("/app/greeting", e -> e.publish("/topic/greetings", "Hello, " + e.text()));
 *     ...
 * }
 * }</pre>
 *
 * <p>Any number of servers can live in one process; each has its own threads. Any thread.
 */
public final class StompServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StompServer.class);

    private static final int BACKLOG = 4096;

    /** What sockets that are closed without a word need for it at most. */
    private static final Duration CLOSING = Duration.ofSeconds(1);

    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 * 1024, 128 * 1024);

    private final Broker broker;
    private final Duration closeTimeout;
    private final EventLoopGroup group;
    private final List<Loop> loops = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final Object connectionClosed = new Object();

    /** Null if there are none of them. */
    private final @Nullable Handlers handlers;

    /** Whether the broker is closed with it. */
    private final boolean closesBroker;

    private boolean isClosed;

    private StompServer(Builder builder) {
        this.closesBroker = !builder.isBeside;
        IoHandlerFactory handlers = builder.transport.handlers();
        this.broker = builder.around == null ? Broker.create(logged(builder.options)) : builder.around;
        this.closeTimeout = builder.closeTimeout;
        this.group =
                new MultiThreadIoEventLoopGroup(builder.eventLoops, new DefaultThreadFactory("hoofbeat-io"), handlers);
        this.handlers = builder.handlers.isEmpty() && builder.gates.isEmpty()
                ? null
                : new Handlers(this, builder.handlerMaxMessageBytes, builder.handlerMaxUnsentBytes);
        AtomicLong heldInLobby = new AtomicLong();
        for (EventExecutor executor : group) {
            Lobby lobby = new Lobby(heldInLobby, builder.maxLobbyBytes);
            loops.add(new Loop((SingleThreadEventLoop) executor, broker::nanoTime, lobby));
        }
    }

    private static BrokerOptions logged(BrokerOptions options) {
        return options.listeners().stream().anyMatch(LoggingListener.class::isInstance)
                ? options
                : options.toBuilder().listener(new LoggingListener()).build();
    }

    public static Builder builder() {
        return new Builder();
    }

    public Broker broker() {
        return broker;
    }

    /** The port that an endpoint is bound to, by the endpoint's name: "tcp", "tls", "ws" or "wss" if it has not been given another. */
    public int port(String endpoint) {
        return listeners.stream()
                .filter(listener -> listener.endpoint().name().equals(endpoint))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no endpoint is named " + endpoint))
                .port();
    }

    /** What is listened on, with the ports that it is bound to. */
    public List<Endpoint> endpoints() {
        return listeners.stream()
                .map(listener -> listener.endpoint().withPort(listener.port()))
                .toList();
    }

    Loop loop(EventLoop eventLoop) {
        for (Loop loop : loops) {
            if (loop.eventLoop() == eventLoop) {
                return loop;
            }
        }
        throw new IllegalArgumentException("not an event loop of this server");
    }

    void tell(Consumer<BrokerListener> what) {
        broker.options().listeners().forEach(what);
    }

    private void bind(Builder builder) {
        List<Mount> mounts = new ArrayList<>();
        builder.handlers.forEach(mount -> mounts.add(
                new HandlerMount(mount.path(), mount.sockJs(), mount.handler(), Objects.requireNonNull(handlers))));
        builder.gates.forEach(mount -> mounts.add(
                new GateMount(mount.path(), mount.sockJs(), mount.gate(), broker, Objects.requireNonNull(handlers))));
        for (Endpoint endpoint : builder.endpoints) {
            bind(new Listener(this, endpoint, context(endpoint), mounts, builder.resources), builder.transport);
        }
    }

    @SuppressWarnings("deprecation") // AUTO_CLOSE: see SessionChannel.exceptionCaught.
    private void bind(Listener listener, Transport transport) {
        Endpoint endpoint = listener.endpoint();
        ServerBootstrap bootstrap = new ServerBootstrap();
        transport.childOptions().forEach((option, value) -> set(bootstrap, option, value));
        ChannelFuture bound = bootstrap
                .group(group)
                .channel(transport.serverChannel())
                .childHandler(listener)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.AUTO_CLOSE, false)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(256, 2048, 64 * 1024))
                .bind(endpoint.host(), endpoint.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new UncheckedIOException(new IOException(
                    "cannot listen: " + endpoint + ": " + bound.cause().getMessage(), bound.cause()));
        }
        listener.bound(bound.channel());
        listeners.add(listener);
        LOG.info("listening: {}", endpoint.withPort(listener.port()));
    }

    private static <T> void set(ServerBootstrap bootstrap, ChannelOption<T> option, Object value) {
        @SuppressWarnings("unchecked") // the options and their values stand side by side in Transport
        T typed = (T) value;
        bootstrap.childOption(option, typed);
    }

    private static @Nullable SslContext context(Endpoint endpoint) {
        Tls tls = endpoint.tls();
        try {
            return tls == null ? null : tls.context();
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the certificate of endpoint " + endpoint.name() + " cannot be used: " + e.getMessage(), e);
        }
    }

    /**
     * Lets nobody in any more, tells everybody who is connected by an ERROR (WebSocket: and 1001), and ends when all have been
     * told, or have had enough time to listen. Its threads end with it. Not to be called by an event loop.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
        }
        listeners.forEach(Listener::stop);
        if (closesBroker) {
            broker.close();
        }
        listeners.forEach(Listener::tellAll);
        awaitConnections(closeTimeout);
        listeners.forEach(Listener::closeAll);
        awaitConnections(CLOSING);
        listeners.forEach(Listener::forgetAll);
        for (Loop loop : loops) {
            loop.eventLoop().execute(loop::release);
        }
        Future<?> ended = group.shutdownGracefully(0, closeTimeout.toMillis(), TimeUnit.MILLISECONDS);
        ended.awaitUninterruptibly();
        if (handlers != null) {
            handlers.close(closeTimeout);
        }
        LOG.info("stopped");
    }

    /** Until all are closed, or that time has passed. */
    private void awaitConnections(Duration most) {
        long deadline = System.nanoTime() + most.toNanos();
        synchronized (connectionClosed) {
            long left = most.toNanos();
            while (left > 0 && listeners.stream().anyMatch(listener -> !listener.isEmpty())) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(connectionClosed, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
                left = deadline - System.nanoTime();
            }
        }
    }

    void connectionClosed() {
        synchronized (connectionClosed) {
            connectionClosed.notifyAll();
        }
    }

    /** Where clients come in, and by what means. */
    public static final class Builder {
        private BrokerOptions options = BrokerOptions.builder().build();

        /** Null if the server makes its own. */
        private @Nullable Broker around;

        private boolean isBeside;

        private final List<Endpoint> endpoints = new ArrayList<>();
        private Transport transport = Transport.AUTO;
        private int eventLoops = Runtime.getRuntime().availableProcessors();
        private Duration closeTimeout = Duration.ofSeconds(5);
        private long maxLobbyBytes = 64L << 20;
        private int handlerMaxMessageBytes = 1 << 20;
        private long handlerMaxUnsentBytes = 1 << 20;
        private final List<Mounted> handlers = new ArrayList<>();
        private final List<Gated> gates = new ArrayList<>();
        private final List<Resources> resources = new ArrayList<>();

        /** A handler that was named, before there is a server. */
        private record Mounted(String path, SockJs sockJs, WebSocketHandler handler) {}

        /** The same of a gate. */
        private record Gated(String path, SockJs sockJs, StompGate gate) {}

        private Builder() {}

        /** The broker's settings. What happens in it is logged besides. */
        public Builder broker(BrokerOptions options) {
            this.options = options;
            return this;
        }

        /** A broker that is there already, instead of one of the server's own; it is closed with the server. */
        public Builder around(Broker broker) {
            this.around = broker;
            this.options = broker.options();
            return this;
        }

        /** The same, but it goes on when the server is closed. */
        public Builder beside(Broker broker) {
            this.isBeside = true;
            return around(broker);
        }

        public Builder endpoint(Endpoint endpoint) {
            if (endpoints.stream().anyMatch(other -> other.name().equals(endpoint.name()))) {
                throw new IllegalArgumentException("two endpoints are named " + endpoint.name());
            }
            endpoints.add(endpoint);
            return this;
        }

        /** STOMP on this machine's own address; the endpoint is named "tcp". */
        public Builder tcp(int port) {
            return endpoint(
                    Endpoint.builder("tcp", Endpoint.Kind.TCP).port(port).build());
        }

        public Builder tcp(String host, int port) {
            return endpoint(Endpoint.builder("tcp", Endpoint.Kind.TCP)
                    .host(host)
                    .port(port)
                    .build());
        }

        /** STOMP in TLS on this machine's own address; the endpoint is named "tls". */
        public Builder tls(int port, Tls tls) {
            return endpoint(Endpoint.builder("tls", Endpoint.Kind.TCP)
                    .port(port)
                    .tls(tls)
                    .build());
        }

        public Builder tls(String host, int port, Tls tls) {
            return endpoint(Endpoint.builder("tls", Endpoint.Kind.TCP)
                    .host(host)
                    .port(port)
                    .tls(tls)
                    .build());
        }

        /** STOMP in WebSocket on this machine's own address; the endpoint is named "ws". */
        public Builder webSocket(int port, String path) {
            return endpoint(Endpoint.builder("ws", Endpoint.Kind.WEB_SOCKET)
                    .port(port)
                    .path(path)
                    .build());
        }

        public Builder webSocket(String host, int port, String path) {
            return endpoint(Endpoint.builder("ws", Endpoint.Kind.WEB_SOCKET)
                    .host(host)
                    .port(port)
                    .path(path)
                    .build());
        }

        /** STOMP in WebSocket in TLS on this machine's own address; the endpoint is named "wss". */
        public Builder webSocket(int port, String path, Tls tls) {
            return endpoint(Endpoint.builder("wss", Endpoint.Kind.WEB_SOCKET)
                    .port(port)
                    .path(path)
                    .tls(tls)
                    .build());
        }

        public Builder webSocket(String host, int port, String path, Tls tls) {
            return endpoint(Endpoint.builder("wss", Endpoint.Kind.WEB_SOCKET)
                    .host(host)
                    .port(port)
                    .path(path)
                    .tls(tls)
                    .build());
        }

        /** Application code at a path of every endpoint that speaks HTTP, for clients that speak WebSocket. */
        public Builder webSocket(String path, WebSocketHandler handler) {
            return sockJs(path, handler, SockJs.OFF);
        }

        /** The same for clients that speak SockJS as well. */
        public Builder sockJs(String path, WebSocketHandler handler) {
            return sockJs(path, handler, SockJs.builder().build());
        }

        public Builder sockJs(String path, WebSocketHandler handler, SockJs sockJs) {
            handlers.add(new Mounted(path.startsWith("/") ? path : "/" + path, sockJs, handler));
            return this;
        }

        /**
         * STOMP at a path of every endpoint, all of which have to speak HTTP, with application code before the broker; the endpoints' own
         * paths are not served then.
         *
         * @param sockJs for clients that speak SockJS as well; off by {@code enabled(false)}
         */
        public Builder stomp(String path, SockJs sockJs, StompGate gate) {
            gates.add(new Gated(path.startsWith("/") ? path : "/" + path, sockJs, gate));
            return this;
        }

        /**
         * Serves the files of a directory of the class path at a path of every endpoint that speaks HTTP; where the path ends with a
         * slash its {@code index.html}. They are read now, and served with a policy that keeps pages to scripts of this server.
         *
         * @param path such as "/"
         * @param loader whose class path it is
         * @param directory with slashes, without one at its ends
         * @throws IllegalArgumentException if there is no such directory
         */
        public Builder resources(String path, ClassLoader loader, String directory) {
            resources.add(Resources.read(path, loader, directory));
            return this;
        }

        @Setting("How sockets are waited for: auto, nio, epoll or io-uring.")
        public Builder transport(Transport transport) {
            this.transport = transport;
            return this;
        }

        @Setting(
                value = "Threads that read and write; as many as there are processors by default.",
                min = 1,
                max = 1_024)
        public Builder eventLoops(int threads) {
            this.eventLoops = threads;
            return this;
        }

        @Setting("How long clients have at most to listen to the goodbye when the server closes.")
        public Builder closeTimeout(Duration timeout) {
            this.closeTimeout = timeout;
            return this;
        }

        @Setting(
                value = "Octets that connections may hold together before they have logged in.",
                bytes = true,
                min = 1 << 20)
        public Builder maxLobbyBytes(long bytes) {
            this.maxLobbyBytes = bytes;
            return this;
        }

        @Setting(
                value = "Octets of a message to a WebSocketHandler, and of those that wait until it has time.",
                bytes = true,
                min = 1_024,
                max = 1 << 30)
        public Builder handlerMaxMessageBytes(int bytes) {
            this.handlerMaxMessageBytes = bytes;
            return this;
        }

        @Setting(
                value = "Octets that may wait for a client of a WebSocketHandler; a client that is slower is closed.",
                bytes = true,
                min = 1_024)
        public Builder handlerMaxUnsentBytes(long bytes) {
            this.handlerMaxUnsentBytes = bytes;
            return this;
        }

        /**
         * Listens.
         *
         * @throws IllegalArgumentException if two things are to be served at one path
         * @throws IllegalStateException if an endpoint would let anybody in from other machines without having been told to, or if
         *     there are handlers or resources and no endpoint speaks HTTP, or gates and one that speaks anything else
         * @throws UncheckedIOException if an address cannot be listened on
         */
        public StompServer start() {
            endpoints.forEach(this::checkWhoMayEnter);
            boolean speaksHttp = endpoints.stream().anyMatch(endpoint -> endpoint.kind() != Endpoint.Kind.TCP);
            if (!speaksHttp && !(handlers.isEmpty() && resources.isEmpty())) {
                throw new IllegalStateException("there are handlers or resources, and no endpoint speaks HTTP");
            }
            if (!gates.isEmpty()
                    && endpoints.stream().anyMatch(endpoint -> endpoint.kind() != Endpoint.Kind.WEB_SOCKET)) {
                throw new IllegalStateException(
                        "a gate stands at paths of HTTP, and an endpoint speaks something else");
            }
            StompServer server = new StompServer(this);
            try {
                server.bind(this);
            } catch (RuntimeException e) {
                server.close();
                throw e;
            }
            return server;
        }

        private void checkWhoMayEnter(Endpoint endpoint) {
            if (options.authenticator() == Authenticator.ANYBODY
                    && !endpoint.allowAnonymous()
                    && !endpoint.requiresCertificate()
                    && !endpoint.isLoopback()) {
                throw new IllegalStateException("endpoint " + endpoint
                        + " can be reached from other machines, and there are no users: anybody would be let in."
                        + " Configure users (an authenticator), require client certificates, listen on 127.0.0.1 only,"
                        + " or say that it is meant: allowAnonymous(true), allow-anonymous: true");
            }
        }
    }
}
