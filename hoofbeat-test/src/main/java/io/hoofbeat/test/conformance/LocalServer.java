/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import io.hoofbeat.broker.Broker;
import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.server.LoggingListener;
import io.hoofbeat.server.StompServer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Logger;

/** Our own server, in this JVM: one for each {@link Setup}, started when it is needed first. */
final class LocalServer implements Target {
    private static final Map<Setup, LocalServer> SERVERS = new ConcurrentHashMap<>();

    static {
        // Thousands of refused logins are the point of a test; Logs looks at them, nobody else has to.
        Logger.getLogger("io.hoofbeat").setUseParentHandlers(false);
    }

    private final Setup setup;
    private final Events events = new Events();
    private final StompServer server;

    private LocalServer(Setup setup) {
        this.setup = setup;
        BrokerOptions.Builder options = BrokerOptions.builder();
        setup.options.accept(options);
        this.server = StompServer.builder()
                .tcp(0)
                .tls(0, Certificates.server())
                .webSocket(0, "/stomp")
                .broker(options.listener(new LoggingListener()).listener(events).build())
                .start();
    }

    /** The one that all tests with that setup share. It ends with the JVM. */
    static LocalServer of(Setup setup) {
        return SERVERS.computeIfAbsent(setup, LocalServer::new);
    }

    /** One more, for a test that stops it. */
    static LocalServer start(Setup setup) {
        return new LocalServer(setup);
    }

    void stop() {
        server.close();
    }

    Broker broker() {
        return server.broker();
    }

    Events events() {
        return events;
    }

    @Override
    public String uri(Transport transport) {
        return switch (transport) {
            case TCP -> "tcp://localhost:" + server.port("tcp");
            case TLS -> "tls://localhost:" + server.port("tls");
            case WS_TEXT, WS_BINARY -> "ws://localhost:" + server.port("ws") + "/stomp";
            case SOCKJS_XHR, SOCKJS_XHR_STREAMING, SOCKJS_EVENTSOURCE, SOCKJS_WEBSOCKET ->
                transport + "://localhost:" + server.port("ws") + "/stomp";
        };
    }

    @Override
    public boolean isOurs() {
        return true;
    }

    @Override
    public String login() {
        return setup == Setup.LOGIN || setup == Setup.SLOW_LOGIN ? "u" : "";
    }

    @Override
    public String passcode() {
        return login().isEmpty() ? "" : "p";
    }

    @Override
    public String host() {
        return setup == Setup.TWO_HOSTS ? "alpha" : "localhost";
    }

    @Override
    public String queuePrefix() {
        return "/queue/";
    }

    @Override
    public String topicPrefix() {
        return "/topic/";
    }

    @Override
    public int timeoutMillis() {
        return 5_000;
    }

    @Override
    public int settleMillis() {
        return 0; // what a RECEIPT says is so
    }
}
