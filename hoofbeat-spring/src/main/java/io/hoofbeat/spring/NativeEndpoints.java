/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.protocol.HeartBeat;
import io.hoofbeat.server.Endpoint;
import io.hoofbeat.server.Handshake;
import io.hoofbeat.server.StompGate;
import io.hoofbeat.server.StompLine;
import io.hoofbeat.server.StompServer;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerSslBundle;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.web.context.WebApplicationContext;

/**
 * A listener of ours for the endpoints that the application has registered: sessions that begin there live on our event loops, and not in
 * the web server.
 *
 * <p>Their handshakes are shown to the web server as requests of the same path, headers and address. So filters, security, sessions,
 * interceptors and handshake handlers decide on them as on others, and say who it is.
 */
final class NativeEndpoints implements SmartLifecycle, ApplicationListener<WebServerInitializedEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(NativeEndpoints.class);

    /** The port in the environment, as the web server's is {@code local.server.port}. */
    static final String LOCAL_PORT = "local.hoofbeat.port";

    /** What sessions have come by begins with it. */
    static final String TRANSPORT = "spring-";

    private static final String NAME = "native";

    /** How the addresses begin that IPv6 has for private networks. */
    private static final int UNIQUE_LOCAL = 0xfc;

    /** Handshakes that the web server is shown at a time; others wait for a moment. */
    private static final int MOST_HANDSHAKES = 128;

    private static final int PATIENCE_SECONDS = 10;
    private static final int UNAVAILABLE = 503;
    private static final String ADMITTED = "hoofbeat.admitted";
    private static final int CLIENT_ERRORS = 400;
    private static final int NO_CONTENT = 204;
    private static final int MOST_STATUS = 599;

    /** What belongs to a connection, and not to the request. */
    private static final Set<String> OF_CONNECTION = Set.of(
            "connection",
            "content-length",
            "expect",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "sec-websocket-key",
            "sec-websocket-version",
            "sec-websocket-extensions");

    private final BrokerSlot slot;
    private final HandshakeFilter filter;
    private final ConfigurableEnvironment environment;
    private final HoofbeatSettings settings;
    private final Web web;
    private final List<NativePlace> places = new CopyOnWriteArrayList<>();

    private final Semaphore handshakes = new Semaphore(MOST_HANDSHAKES);

    /** Null until the web server listens, as the dialer. */
    private volatile @Nullable InetSocketAddress webServer;

    private volatile LoopbackRequest.@Nullable Dialer dialer;

    /** What comes before the paths of places. */
    private volatile String prefix = "";

    /** Null unless it runs. */
    private volatile @Nullable StompServer server;

    /** What is known of the application's web server. */
    record Web(
            @Nullable ServerProperties properties, @Nullable SslBundles bundles) {
        /** Null if it speaks HTTP without TLS. */
        @Nullable SslBundle tls() {
            Ssl ssl = properties == null ? null : properties.getSsl();
            return Ssl.isEnabled(ssl) ? WebServerSslBundle.get(ssl, bundles) : null;
        }

        InetAddress address() {
            InetAddress said = properties == null ? null : properties.getAddress();
            return said == null ? new InetSocketAddress(0).getAddress() : said;
        }

        boolean isPortRandom() {
            return properties != null && Objects.equals(properties.getPort(), 0);
        }
    }

    NativeEndpoints(
            BrokerSlot slot,
            HandshakeFilter filter,
            ConfigurableEnvironment environment,
            HoofbeatSettings settings,
            Web web) {
        this.slot = slot;
        this.filter = filter;
        this.environment = environment;
        this.settings = settings;
        this.web = web;
    }

    // ---- its life

    @Override
    public void onApplicationEvent(WebServerInitializedEvent event) {
        if (event.getApplicationContext().getServerNamespace() != null
                || !(event.getApplicationContext() instanceof WebApplicationContext application)) {
            return; // Actuator's, perhaps
        }
        InetAddress address = web.address();
        webServer = new InetSocketAddress(
                address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address,
                event.getWebServer().getPort());
        String context = application.getServletContext() == null
                ? ""
                : application.getServletContext().getContextPath();
        String servlet = environment.getProperty("spring.mvc.servlet.path", "/");
        prefix = context + (servlet.endsWith("/") ? servlet.substring(0, servlet.length() - 1) : servlet);
        dialer = web.tls() == null ? () -> new Socket(Proxy.NO_PROXY) : LoopbackRequest.tls();
    }

    /** The same as that of the broker, on which it depends. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }

    @Override
    public void start() {
        SpringBroker broker = slot.broker();
        InetSocketAddress behind = webServer;
        if (broker == null || !broker.isRunning()) {
            return; // the log says which broker the application has
        }
        if (behind == null) {
            throw new IllegalStateException(
                    "hoofbeat.endpoints needs the web server inside the application, and there is none");
        }
        if (places.isEmpty()) {
            slot.endpoints().forEach(mapping -> places.addAll(NativePlace.in(mapping)));
        }
        if (places.isEmpty()) {
            LOG.warn(
                    "hoofbeat.endpoints: there is no endpoint that can be served natively, and no port is listened on");
            return;
        }
        StompServer.Builder builder =
                StompServer.builder().beside(broker.broker()).endpoint(endpoint(broker, behind.getPort()));
        places.forEach(place -> builder.stomp(prefix + place.path(), place.sockJs(), new Gate(broker, place)));
        StompServer started = builder.start();
        server = started;
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("hoofbeat", Map.of(LOCAL_PORT, started.port(NAME))));
        LOG.info(
                "the endpoints {} are served natively on port {}",
                places.stream().map(place -> prefix + place.path()).toList(),
                started.port(NAME));
    }

    private Endpoint endpoint(SpringBroker broker, int webPort) {
        SslBundle tls = web.tls();
        Endpoint.Builder endpoint = Endpoint.builder(NAME, Endpoint.Kind.WEB_SOCKET);
        HeartBeat heartBeat = broker.heartBeat();
        if (heartBeat != null) {
            endpoint.heartBeatSend(Duration.ofMillis(heartBeat.sendMillis()))
                    .heartBeatReceive(Duration.ofMillis(heartBeat.receiveMillis()));
        }
        return endpoint.host(web.address().getHostAddress())
                .port(settings.nativePort(web.isPortRandom() ? -1 : webPort))
                .tls(tls == null ? null : LoopbackRequest.listening(tls))
                .origins(Set.of("*")) // the application decides
                .allowAnonymous(true) // likewise
                .build();
    }

    @Override
    public void stop() {
        StompServer running = server;
        if (running != null) {
            server = null;
            SpringBroker broker = slot.broker();
            if (broker != null) {
                broker.sockets().closeOwn();
            }
            running.close();
        }
    }

    @Override
    public boolean isRunning() {
        return server != null;
    }

    // ---- handshakes

    /** One endpoint. */
    private final class Gate implements StompGate {
        private final SpringBroker broker;
        private final NativePlace place;

        Gate(SpringBroker broker, NativePlace place) {
            this.broker = broker;
            this.place = place;
        }

        @Override
        public String transport(String carrier) {
            return TRANSPORT + carrier;
        }

        @Override
        public void onHandshake(Handshake handshake) throws IOException, InterruptedException {
            if (!handshakes.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                handshake.refuse(UNAVAILABLE);
                return;
            }
            try {
                ask(handshake);
            } finally {
                handshakes.release();
            }
        }

        private void ask(Handshake handshake) throws IOException {
            String ticket = UUID.randomUUID().toString();
            CompletableFuture<Admitted> asked = place.expect(ticket);
            try {
                String query = handshake.query();
                LoopbackRequest.Reply reply = LoopbackRequest.get(
                        Objects.requireNonNull(dialer),
                        Objects.requireNonNull(webServer),
                        prefix + place.handshakePath() + (query.isEmpty() ? "" : "?" + query),
                        headers(handshake, ticket));
                decide(handshake, reply, asked.getNow(null));
            } finally {
                place.forget(ticket);
            }
        }

        private void decide(Handshake handshake, LoopbackRequest.Reply reply, @Nullable Admitted admitted) {
            for (String cookie : reply.headers().getAll(HttpHeaderNames.SET_COOKIE)) {
                handshake.answer("Set-Cookie", cookie);
            }
            if (reply.status() == NO_CONTENT && admitted != null) {
                handshake.attributes().put(ADMITTED, admitted);
                return;
            }
            for (String challenge : reply.headers().getAll(HttpHeaderNames.WWW_AUTHENTICATE)) {
                handshake.answer("WWW-Authenticate", challenge);
            }
            int status = reply.status();
            if (status >= CLIENT_ERRORS && status <= MOST_STATUS) {
                handshake.refuse(status);
            } else {
                handshake.refuse(); // a redirection to a login form, which no WebSocket follows
            }
        }

        private Map<String, String> headers(Handshake handshake, String ticket) {
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            headers.putAll(handshake.headers());
            headers.keySet().removeAll(OF_CONNECTION);
            headers.keySet().removeIf(HandshakeFilter::isOurs);
            if (!mayForward(handshake.remoteAddress())) {
                headers.keySet().removeIf(name -> name.equals("forwarded") || name.startsWith("x-forwarded-"));
                forwarding().forEach(headers::remove);
            }
            headers.computeIfPresent("host", (name, host) -> asIfToWebServer(host));
            headers.putAll(filter.headers(handshake.remoteAddress(), handshake.remotePort(), ticket));
            return headers;
        }

        /**
         * Whether it may say who the client is: the web server would believe this process, so it is asked here whom it would believe
         * else - proxies with private addresses, or everybody if Spring's own filter looks at such headers.
         */
        private boolean mayForward(String remoteAddress) {
            if ("framework".equalsIgnoreCase(environment.getProperty("server.forward-headers-strategy"))) {
                return true;
            }
            InetAddress address = NetUtil.createInetAddressFromIpAddressString(remoteAddress);
            return address != null
                    && (address.isLoopbackAddress()
                            || address.isSiteLocalAddress()
                            || address.isLinkLocalAddress()
                            || (address.getAddress()[0] & 0xfe) == UNIQUE_LOCAL);
        }

        /** What else the web server was told to believe. */
        private List<String> forwarding() {
            List<String> names = new ArrayList<>();
            for (String what : List.of("remote-ip", "protocol", "host", "port")) {
                String name = environment.getProperty("server.tomcat.remoteip." + what + "-header");
                if (name != null) {
                    names.add(name);
                }
            }
            return names;
        }

        /** Pages come from the web server, whose port is another: to the application, its own pages are of the same origin. */
        private String asIfToWebServer(String host) {
            StompServer running = server;
            String ours = running == null ? "" : ":" + running.port(NAME);
            return !ours.isEmpty() && host.endsWith(ours)
                    ? host.substring(0, host.length() - ours.length()) + ":"
                            + Objects.requireNonNull(webServer).getPort()
                    : host;
        }

        @Override
        public Guard onOpen(StompLine line) {
            Admitted admitted = (Admitted)
                    Objects.requireNonNull(line.handshake().attributes().remove(ADMITTED));
            NativeConnection connection = new NativeConnection(broker, line, admitted);
            connection.begin();
            return connection;
        }
    }
}
