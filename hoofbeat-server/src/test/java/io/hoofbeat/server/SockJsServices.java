/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.BrokerOptions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** The services that SockJS's own test-suite asks for (SJ-SCOPE-2), beside STOMP at /stomp. */
final class SockJsServices implements AutoCloseable {
    private static final AtomicInteger SESSIONS = new AtomicInteger();

    final StompServer server;
    final int port;

    private SockJsServices(StompServer server) {
        this.server = server;
        this.port = server.port("ws");
    }

    /** With the limits of the suite, and pages of the origins "test" and "null". */
    static SockJsServices start() {
        return start(Set.of("test", "null"), UnaryOperator.identity());
    }

    /** With the transports of old times, which are not to be had where origins are listed. */
    static SockJsServices startLegacy() {
        return start(Set.of(), options -> options.legacy(true));
    }

    static SockJsServices start(Set<String> origins, UnaryOperator<SockJs.Builder> change) {
        return start(origins, change, BrokerOptions.builder());
    }

    static SockJsServices start(
            Set<String> origins, UnaryOperator<SockJs.Builder> change, BrokerOptions.Builder broker) {
        SockJs options = change.apply(SockJs.builder().streamBytesLimit(4096)).build();
        SockJs.Builder withoutWebSocket = change.apply(SockJs.builder().streamBytesLimit(4096));
        SockJs.Builder withCookie = change.apply(SockJs.builder().streamBytesLimit(4096));
        return new SockJsServices(StompServer.builder()
                .broker(broker.build())
                .closeTimeout(Duration.ofSeconds(2))
                .endpoint(Endpoint.builder("ws", Endpoint.Kind.WEB_SOCKET)
                        .origins(origins)
                        .sockJs(options)
                        .build())
                .sockJs("/echo", new Echo(), options)
                .sockJs("/close", new Closing(), options)
                .sockJs(
                        "/disabled_websocket_echo",
                        new Echo(),
                        withoutWebSocket.webSocket(false).build())
                .sockJs(
                        "/cookie_needed_echo",
                        new Echo(),
                        withCookie.sessionCookie(true).build())
                .webSocket("/raw", new Echo())
                .start());
    }

    /** A path of a session that there has not been. */
    static String session(String service) {
        return "/" + service + "/000/" + "session-" + SESSIONS.incrementAndGet();
    }

    @Override
    public void close() {
        server.close();
    }

    /** Says what it is told. */
    static final class Echo implements WebSocketHandler {
        @Override
        public void onText(WebSocketSession session, String text) {
            session.send(text);
        }

        @Override
        public void onBinary(WebSocketSession session, byte[] octets) {
            session.send(octets);
        }
    }

    /** Lets nobody stay. */
    static final class Closing implements WebSocketHandler {
        @Override
        public void onOpen(WebSocketSession session) {
            session.close(3000, "Go away!");
        }
    }
}
