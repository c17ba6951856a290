/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.browser.Chromium;
import io.hoofbeat.server.Endpoint;
import io.hoofbeat.server.SockJs;
import io.hoofbeat.server.StompServer;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** The libraries that pages use, in Chromium, over each transport that SockJS has, and over WebSocket itself. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("SJ-ES-4")
@Tag("SJ-ES-5")
class BrowserTest {
    private static final File PACKAGES = new File("../hoofbeat-test/src/test/clients/node/node_modules/sockjs-client");

    private static final List<String> CLIENTS = List.of("stompjs 7", "webstomp 1.2", "stomp.js 2.3");

    private static final List<String> TRANSPORTS =
            List.of("native", "websocket", "xhr-streaming", "eventsource", "xhr-polling");

    /** What is switched on by an option. */
    private static final List<String> OPTIONAL =
            List.of("htmlfile", "jsonp-polling", "iframe-eventsource", "iframe-htmlfile", "iframe-xhr-polling");

    private final Map<String, Map<String, String>> matrix = new LinkedHashMap<>();
    private Chromium chromium;

    @BeforeAll
    void startBrowser() {
        chromium = Chromium.start(PACKAGES);
    }

    @AfterAll
    void stopBrowser() {
        if (chromium != null) {
            chromium.close();
        }
        System.out.println(table());
    }

    /** A server that also serves the page that the clients run in. */
    private static StompServer serve(int port, boolean optional, String... origins) {
        return StompServer.builder()
                .endpoint(Endpoint.builder("ws", Endpoint.Kind.WEB_SOCKET)
                        .port(port)
                        .path("/stomp")
                        .origins(Set.of(origins))
                        .sockJs(sockJs(optional))
                        .build())
                .resources("/", BrowserTest.class.getClassLoader(), "io/hoofbeat/interop/page")
                .start();
    }

    /** A browser does not give up a script that is removed: only what comes back from the server ends the request of jsonp. */
    private static SockJs sockJs(boolean optional) {
        SockJs.Builder sockJs = SockJs.builder().legacy(optional);
        return (optional ? sockJs.heartbeatTime(Duration.ofSeconds(1)) : sockJs).build();
    }

    @TestFactory
    Stream<DynamicNode> everyClientWorksOverEveryTransport() {
        return CLIENTS.stream()
                .map(client -> DynamicContainer.dynamicContainer(
                        client,
                        Stream.concat(TRANSPORTS.stream(), OPTIONAL.stream())
                                .map(transport -> DynamicTest.dynamicTest(transport, () -> works(client, transport)))));
    }

    private void works(String client, String transport) {
        boolean optional = OPTIONAL.contains(transport);
        StompServer server = serve(0, optional);
        int port = server.port("ws");
        String page = "http://127.0.0.1:" + port;
        try {
            chromium.open(page + "/index.html");
            List<?> passed = chromium.list("return scenario.run(a[0], a[1], a[2])", page + "/stomp", transport, client);
            assertThat(passed).hasSize(12);
            chromium.await("scenario.expectLoss()");
            server.close();
            server = serve(port, optional);
            chromium.await("return scenario.reconnect()");
            assertThat(server.broker().sessionCount()).isEqualTo(1);
            chromium.await("return scenario.disconnect()");
            StompServer last = server;
            await().until(() -> last.broker().sessionCount() == 0);
            put(client, transport, passed.size() + 2 + " of 14");
        } catch (AssertionError e) {
            put(client, transport, "failed");
            throw e;
        } finally {
            server.close();
        }
    }

    @TestFactory
    @Tag("SJ-SEC-1")
    @Tag("SJ-CORS-1")
    @Tag("WS-ORG-1")
    Stream<DynamicNode> pagesOfOtherOriginsComeInIfTheyAreAllowed() {
        return TRANSPORTS.stream()
                .map(transport -> DynamicTest.dynamicTest(transport, () -> {
                    try (PageServer elsewhere = PageServer.start("io/hoofbeat/interop/page");
                            StompServer strict = serve(0, false);
                            StompServer open = serve(0, false, elsewhere.origin())) {
                        chromium.open(elsewhere.origin() + "/index.html");
                        assertThat(connect(strict.port("ws"), transport)).isNotEqualTo("connected");
                        assertThat(strict.broker().sessionCount()).isZero();
                        assertThat(connect(open.port("ws"), transport)).isEqualTo("connected");
                    }
                }));
    }

    /** A frame of the server's own origin talks to a page of another; that can be for all origins only (SJ-SEC-2). */
    @TestFactory
    @Tag("SJ-IFRAME-4")
    Stream<DynamicNode> framesTalkToPagesOfOtherOrigins() {
        return OPTIONAL.stream()
                .filter(transport -> transport.startsWith("iframe-") && !transport.endsWith("htmlfile"))
                .map(transport -> DynamicTest.dynamicTest(transport, () -> {
                    try (PageServer elsewhere = PageServer.start("io/hoofbeat/interop/page");
                            StompServer server = serve(0, true, "*")) {
                        chromium.open(elsewhere.origin() + "/index.html");
                        assertThat(connect(server.port("ws"), transport))
                                .as(() -> String.join("\n", chromium.console()))
                                .isEqualTo("connected");
                    }
                }));
    }

    /** A proxy that takes the handshake of WebSocket and says nothing: the next transport has its turn soon. */
    @Test
    @Tag("SJ-INFO-6")
    void theNextTransportIsTriedIfWebSocketIsSwallowed() throws IOException {
        try (PageServer elsewhere = PageServer.start("io/hoofbeat/interop/page");
                StompServer server = serve(0, false, elsewhere.origin());
                SwallowingProxy proxy = SwallowingProxy.before(server.port("ws"))) {
            chromium.open(elsewhere.origin() + "/index.html");
            assertThat(connect(proxy.port(), "websocket,xhr-streaming")).isEqualTo("connected");
            assertThat(proxy.swallowed()).isPositive();
        }
    }

    private Object connect(int port, String transport) {
        Object answer = chromium.await(
                "return scenario.connect(a[0], a[1], a[2])",
                "http://127.0.0.1:" + port + "/stomp",
                transport,
                "webstomp 1.2");
        return answer == null ? "" : answer;
    }

    private void put(String client, String transport, String outcome) {
        matrix.computeIfAbsent(transport, key -> new LinkedHashMap<>()).put(client, outcome);
    }

    private String table() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%-20s | %-12s | %-12s | %-12s",
                "transport",
                CLIENTS.get(0),
                CLIENTS.get(1),
                CLIENTS.get(2)));
        matrix.forEach((transport, row) -> lines.add(String.format(
                Locale.ROOT,
                "%-20s | %-12s | %-12s | %-12s",
                transport,
                row.get(CLIENTS.get(0)),
                row.get(CLIENTS.get(1)),
                row.get(CLIENTS.get(2)))));
        return String.join("\n", lines);
    }
}
