/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static io.hoofbeat.server.HttpPeer.get;
import static io.hoofbeat.server.HttpPeer.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.server.HttpPeer.Response;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP itself: one request after the other, what waits behind them, and files. */
class HttpTest {
    private @Nullable StompServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private int start(StompServer.Builder builder) {
        server = builder.webSocket(0, "/stomp").start();
        return server.port("ws");
    }

    private int start() {
        return start(StompServer.builder());
    }

    @Test
    void healthIsTold() throws IOException {
        int port = start();
        Response health = get(port, "/health");
        assertThat(health.status()).isEqualTo(200);
        assertThat(health.headers())
                .containsEntry("content-type", "application/json")
                .containsEntry("cache-control", "no-store");
        assertThat(health.body()).isEqualTo("{\"status\":\"UP\"}\n");
        assertThat(request(port, "POST", "/health", "").status()).isEqualTo(405);
        try (HttpPeer peer = new HttpPeer(port)) {
            peer.write("HEAD /health HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            assertThat(peer.rest())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith("\r\n\r\n")
                    .contains("Content-Length: 16\r\n");
        }
    }

    // ---- one after the other

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        try (HttpPeer peer = new HttpPeer(start())) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 30; i++) {
                String path = i % 3 == 0 ? "/health" : i % 3 == 1 ? "/stomp" : "/nothing";
                requests.append("GET ").append(path).append(" HTTP/1.1\r\nHost: h\r\n\r\n");
            }
            peer.write(requests.toString());
            for (int i = 0; i < 30; i++) {
                Response response = peer.response();
                assertThat(response.status()).isEqualTo(i % 3 == 2 ? 404 : 200);
                assertThat(response.body())
                        .isEqualTo(
                                i % 3 == 0
                                        ? "{\"status\":\"UP\"}\n"
                                        : i % 3 == 1 ? "Welcome to SockJS!\n" : "nothing here\n");
            }
        }
    }

    @Test
    void requestBehindAStreamWaitsForItsEnd() throws IOException {
        int port = start(StompServer.builder().sockJs("/close", new SockJsServices.Closing()));
        try (HttpPeer peer = new HttpPeer(port)) {
            peer.write(
                    "POST /close/0/a/xhr_streaming HTTP/1.1\r\nHost: h\r\n\r\nGET /health HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(peer.response().body()).endsWith("o\nc[3000,\"Go away!\"]\n");
            assertThat(peer.response().body()).isEqualTo("{\"status\":\"UP\"}\n");
        }
    }

    @Test
    void whatWaitsBehindAStreamIsBounded() throws IOException {
        int port = start();
        String small = "GET /health HTTP/1.1\r\nHost: h\r\n\r\n";
        for (String behind : new String[] {
            small.repeat(200),
            "POST /health HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n\r\n" + "x".repeat(100_000)
        }) {
            SockJsPeer session = SockJsPeer.of(port, "stomp");
            try (HttpPeer peer = session.stream("xhr_streaming")) {
                assertThat(peer.chunk()).isEqualTo("o\n");
                peer.write(behind);
                assertThat(peer.rest().replace("[reset]", "")).isEmpty();
            }
        }
        assertThat(get(port, "/health").status()).isEqualTo(200);
    }

    @Test
    void bodyThatNobodyWantsIsSkipped() throws IOException {
        try (HttpPeer peer = new HttpPeer(start())) {
            assertThat(peer.send("POST", "/nothing", "x".repeat(20_000))
                            .response()
                            .status())
                    .isEqualTo(404);
            assertThat(peer.send("GET", "/stomp/info", "{}").response().status())
                    .isEqualTo(200);
            peer.write("POST /nothing HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
            assertThat(peer.response().status()).isEqualTo(404);
            assertThat(peer.send("GET", "/health", "").response().status()).isEqualTo(200);
        }
    }

    @Test
    void bodyMayComeInPieces() throws IOException {
        int port = start(StompServer.builder().sockJs("/echo", new SockJsServices.Echo()));
        SockJsPeer session = SockJsPeer.open(port, "echo");
        try (HttpPeer peer = new HttpPeer(port)) {
            peer.write("POST " + session.session
                    + "/xhr_send HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[\"\r\n");
            peer.write("3\r\nabc\r\n2\r\n\"]\r\n0\r\n\r\n");
            assertThat(peer.response().status()).isEqualTo(204);
            byte[] whole = HttpPeer.text("POST", session.session + "/xhr_send", "[\"\u20ac\"]");
            for (byte octet : whole) {
                peer.write(octet);
            }
            assertThat(peer.response().status()).isEqualTo(204);
        }
        String seen = session.poll();
        assertThat(seen.contains("\u20ac") ? seen : seen + session.poll()).contains("\"abc\"", "\"\u20ac\"");
    }

    @Test
    void whoAsksWhetherToContinueIsTold() throws IOException {
        int port = start(StompServer.builder().sockJs("/echo", new SockJsServices.Echo()));
        SockJsPeer session = SockJsPeer.open(port, "echo");
        try (HttpPeer peer = new HttpPeer(port)) {
            String head = " HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
            peer.write("POST " + session.session + "/xhr_send" + head);
            assertThat(peer.head().status()).isEqualTo(100);
            peer.write("[\"a\"]");
            assertThat(peer.response().status()).isEqualTo(204);
            peer.write("POST /nothing" + head);
            Response refused = peer.response();
            assertThat(refused.status()).isEqualTo(404);
            assertThat(refused.header("connection")).isEqualTo("close");
            assertThat(peer.rest()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"'HTTP/1.1', ''", "'HTTP/1.1', close", "'HTTP/1.0', ''", "'HTTP/1.0', keep-alive"})
    void connectionEndsWhenItIsSaid(String version, String connection) throws IOException {
        boolean stays = version.equals("HTTP/1.1") && !connection.equals("close");
        try (HttpPeer peer = new HttpPeer(start())) {
            peer.write("GET /health " + version + "\r\nHost: h\r\n"
                    + (connection.isEmpty() ? "" : "Connection: " + connection + "\r\n") + "\r\n");
            Response response = peer.response();
            assertThat(response.status()).isEqualTo(200);
            if (stays) {
                assertThat(peer.send("GET", "/health", "").response().status()).isEqualTo(200);
            } else {
                assertThat(response.header("connection")).isEqualTo("close");
                assertThat(peer.rest()).isEmpty();
            }
        }
    }

    @Test
    void bodyHasToComeInTime() throws IOException {
        int port = start(StompServer.builder()
                .broker(BrokerOptions.builder()
                        .connectTimeout(Duration.ofMillis(500))
                        .build())
                .sockJs("/echo", new SockJsServices.Echo()));
        SockJsPeer session = SockJsPeer.open(port, "echo");
        try (HttpPeer peer = new HttpPeer(port)) {
            assertThat(peer.send("GET", "/health", "").response().status()).isEqualTo(200);
            peer.write("POST " + session.session + "/xhr_send HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n[\"a");
            assertThat(peer.rest()).isEmpty();
        }
    }

    @Test
    void whatFollowsAnUpgradeIsKept() throws IOException {
        int port = start();
        try (WebSocketPeer peer = new WebSocketPeer(port)) {
            byte[] request = WebSocketPeer.request("").getBytes(UTF_8);
            byte[] frame = WebSocketPeer.encode(0x81, RawPeer.octets("CONNECT\naccept-version:1.2\nhost:h\n\n^@"));
            byte[] both = java.util.Arrays.copyOf(request, request.length + frame.length);
            System.arraycopy(frame, 0, both, request.length, frame.length);
            peer.write(both);
            assertThat(peer.readUpToEmptyLine()).startsWith("HTTP/1.1 101 ");
            assertThat(peer.frame()).startsWith("CONNECTED\n");
        }
    }

    @Test
    void upgradeMayFollowARequest() throws IOException {
        try (WebSocketPeer peer = new WebSocketPeer(start())) {
            peer.write("GET /health HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(peer.body(peer.readUpToEmptyLine())).contains("UP");
            peer.handshake("");
            assertThat(peer.connect()).startsWith("CONNECTED\n");
        }
    }

    @Test
    void tooManyConnectionsAreTold() throws IOException {
        server = StompServer.builder()
                .endpoint(Endpoint.builder("ws", Endpoint.Kind.WEB_SOCKET)
                        .maxConnections(1)
                        .build())
                .start();
        int port = server.port("ws");
        try (HttpPeer first = new HttpPeer(port)) {
            assertThat(first.send("GET", "/health", "").response().status()).isEqualTo(200);
            Response refused = get(port, "/health");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.body()).isEqualTo("too many connections (limit 1)\n");
        }
        await().until(() -> get(port, "/health").status() == 200);
    }

    @Test
    void strangersOfSockJsHoldLittleTogether() throws IOException {
        int port = start(StompServer.builder().maxLobbyBytes(1 << 20));
        SockJsPeer first = SockJsPeer.open(port, "stomp");
        for (int i = 0; i < 600; i++) {
            SockJsPeer.open(port, "stomp");
        }
        // Each is counted with 4 KiB, so that the oldest have had to go.
        assertThat(first.poll()).isEqualTo("o\n");
        SockJsPeer known = SockJsPeer.open(port, "stomp");
        known.send("[\"CONNECT\\naccept-version:1.2\\nhost:h\\n\\n\\u0000\"]");
        for (int i = 0; i < 600; i++) {
            SockJsPeer.open(port, "stomp");
        }
        assertThat(known.poll()).startsWith("a[\"CONNECTED\\n");
    }

    @Test
    void connectionsWithManyRequestsHoldNothing() throws IOException {
        int port = start(StompServer.builder().maxLobbyBytes(1 << 20));
        try (HttpPeer peer = new HttpPeer(port)) {
            for (int i = 0; i < 300; i++) {
                assertThat(peer.send("GET", "/health", "", "X: " + "x".repeat(8_000))
                                .response()
                                .status())
                        .isEqualTo(200);
            }
        }
    }

    // ---- files

    private static Path site(Path root) throws IOException {
        Path site = root.resolve("site/page");
        Files.createDirectories(site.resolve("js"));
        Files.writeString(site.resolve("index.html"), "<h1>hello</h1>");
        Files.writeString(site.resolve("js/main.js"), "let a = '\u20ac';");
        Files.writeString(site.resolve("mark.svg"), "<svg/>");
        Files.write(site.resolve("unknown.bin"), new byte[] {0, 1});
        Files.writeString(root.resolve("site/secret.txt"), "secret");
        return root.resolve("site");
    }

    private int serve(Path place, String path) throws IOException {
        try (URLClassLoader loader = new URLClassLoader(new URL[] {place.toUri().toURL()}, null)) {
            return start(StompServer.builder().resources(path, loader, "page"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html; charset=UTF-8, <h1>hello</h1>",
        "/index.html, text/html; charset=UTF-8, <h1>hello</h1>",
        "/index.html?x=y, text/html; charset=UTF-8, <h1>hello</h1>",
        "/js/main.js, text/javascript; charset=UTF-8, let a = '\u20ac';",
        "/mark.svg, image/svg+xml, <svg/>",
        "/unknown.bin, application/octet-stream, '\0\u0001'"
    })
    void filesHaveTheirTypes(String path, String type, String body, @TempDir Path root) throws IOException {
        Response response = get(serve(site(root), "/"), path);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Type")).isEqualTo(type);
        assertThat(response.body()).isEqualTo(body);
        assertThat(response.headers())
                .containsEntry("cache-control", "no-cache")
                .containsEntry("x-content-type-options", "nosniff")
                .containsKey("etag");
        assertThat(response.header("Content-Security-Policy")).startsWith("default-src 'self'; ");
    }

    @Test
    void filesComeFromAJarToo(@TempDir Path root) throws IOException {
        Path site = site(root);
        Path jar = root.resolve("page.jar");
        try (FileSystem files = FileSystems.newFileSystem(jar, Map.of("create", "true"))) {
            Files.createDirectories(files.getPath("/page/js"));
            Files.copy(site.resolve("page/index.html"), files.getPath("/page/index.html"));
            Files.copy(site.resolve("page/js/main.js"), files.getPath("/page/js/main.js"));
        }
        int port = serve(jar, "/live");
        assertThat(get(port, "/live/").body()).isEqualTo("<h1>hello</h1>");
        assertThat(get(port, "/live/js/main.js").body()).isEqualTo("let a = '\u20ac';");
        Response moved = get(port, "/live");
        assertThat(moved.status()).isEqualTo(301);
        assertThat(moved.header("Location")).isEqualTo("/live/");
        assertThat(get(port, "/").status()).isEqualTo(404);
    }

    @Test
    void fileIsNotSentTwice(@TempDir Path root) throws IOException {
        int port = serve(site(root), "/");
        String tag = get(port, "/js/main.js").header("ETag");
        for (String known : new String[] {tag, "\"other\", " + tag, "W/" + tag, "*"}) {
            Response same = get(port, "/js/main.js", "If-None-Match: " + known);
            assertThat(same.status()).isEqualTo(304);
            assertThat(same.headers()).containsEntry("etag", tag).doesNotContainKeys("content-type", "content-length");
        }
        assertThat(get(port, "/js/main.js", "If-None-Match: \"other\"").status())
                .isEqualTo(200);
        assertThat(get(port, "/").header("ETag")).isNotEqualTo(tag);
        try (HttpPeer peer = new HttpPeer(port)) {
            peer.write("HEAD /js/main.js HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            assertThat(peer.rest())
                    .contains("Content-Length: 14\r\n", "ETag: " + tag)
                    .endsWith("\r\n\r\n");
        }
        assertThat(request(port, "POST", "/index.html", "").status()).isEqualTo(405);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../secret.txt",
                "/js/../../secret.txt",
                "/%2e%2e/secret.txt",
                "/..%2fsecret.txt",
                "/..\\secret.txt",
                "//secret.txt",
                "/js",
                "/js/",
                "/./index.html",
                "/index.html/",
                "/secret.txt",
                "/page/index.html",
                "/META-INF/MANIFEST.MF",
                "/\u0000"
            })
    void nothingElseIsServed(String path, @TempDir Path root) throws IOException {
        Response response = get(serve(site(root), "/"), path);
        assertThat(response.status()).isBetween(400, 404);
        assertThat(response.body()).doesNotContain("secret");
    }

    @Test
    void stompAndFilesStandSideBySide(@TempDir Path root) throws IOException {
        int port = serve(site(root), "/");
        assertThat(get(port, "/").body()).isEqualTo("<h1>hello</h1>");
        assertThat(get(port, "/health").body()).contains("UP");
        assertThat(get(port, "/stomp").body()).isEqualTo("Welcome to SockJS!\n");
        try (WebSocketPeer peer = WebSocketPeer.open(port)) {
            assertThat(peer.connect()).startsWith("CONNECTED\n");
        }
    }

    @Test
    void whatCannotBeServedFailsAtTheStart() {
        assertThatThrownBy(() -> StompServer.builder().resources("/", HttpTest.class.getClassLoader(), "no/such/page"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no/such/page");
        assertThatThrownBy(() -> StompServer.builder()
                        .tcp(0)
                        .webSocket("/chat", new SockJsServices.Echo())
                        .start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("speaks HTTP");
        assertThatThrownBy(() -> StompServer.builder()
                        .webSocket(0, "/chat")
                        .sockJs("/chat", new SockJsServices.Echo())
                        .start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/chat");
    }
}
