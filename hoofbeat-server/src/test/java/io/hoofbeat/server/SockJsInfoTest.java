/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static io.hoofbeat.server.HttpPeer.get;
import static io.hoofbeat.server.HttpPeer.options;
import static io.hoofbeat.server.HttpPeer.post;
import static io.hoofbeat.server.HttpPeer.request;
import static io.hoofbeat.server.SockJsServices.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.server.HttpPeer.Response;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SOCKJS.md, sections 2, 3 and 6: what does not belong to a session, and what holds for all answers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SockJsInfoTest {
    private static final String NOT_CACHED = "no-store, no-cache, no-transform, must-revalidate, max-age=0";
    private static final Pattern INFO = Pattern.compile(
            "\\{\"websocket\":(true|false),\"cookie_needed\":(true|false),\"origins\":\\[\"\\*:\\*\"],\"entropy\":([0-9]+)}");

    private SockJsServices services;

    @BeforeAll
    void start() {
        services = SockJsServices.start();
    }

    @AfterAll
    void stop() {
        services.close();
    }

    // ---- BASE

    @ParameterizedTest
    @ValueSource(strings = {"/echo", "/echo/"})
    void sj_base_1_greets(String path) throws IOException {
        Response response = get(services.port, path);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Type")).isEqualTo("text/plain; charset=UTF-8");
        assertThat(response.body()).isEqualTo("Welcome to SockJS!\n");
        assertThat(response.headers()).doesNotContainKey("set-cookie");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a", "/a/", "/a.html", "/a/a", "/a/a/", "//", "///", "/info/", "/%3Cscript%3E"})
    void sj_base_2_nothingElseIsThere(String rest) throws IOException {
        Response response = get(services.port, "/echo" + rest);
        assertThat(response.status()).isEqualTo(404);
        assertThat(response.body()).isEmpty();
    }

    @Test
    void sj_base_3_webSocketOnThePathOfSockJs() throws IOException {
        try (WebSocketPeer peer = WebSocketPeer.open(services.port)) {
            assertThat(peer.connect()).startsWith("CONNECTED\n");
        }
        try (WebSocketPeer peer = WebSocketPeer.open(services.port, "/echo")) {
            peer.send("as it is");
            assertThat(peer.receive().text()).isEqualTo("as it is");
        }
    }

    // ---- HTTP

    @Test
    void sj_http_1_oldVersionHasNoChunks() throws IOException {
        try (HttpPeer peer = new HttpPeer(services.port)) {
            peer.write("GET /echo HTTP/1.0\r\nHost: h\r\nConnection: Keep-Alive\r\n\r\n");
            Response head = peer.head();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.headers()).doesNotContainKey("transfer-encoding").containsEntry("content-length", "19");
            assertThat(head.header("connection")).isEqualTo("close");
            assertThat(peer.rest()).isEqualTo("Welcome to SockJS!\n");
        }
        try (HttpPeer peer = new HttpPeer(services.port)) {
            peer.write("POST " + session("close") + "/xhr_streaming HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
            Response head = peer.head();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.headers()).doesNotContainKeys("transfer-encoding", "content-length");
            assertThat(head.header("connection")).isEqualTo("close");
            assertThat(peer.rest()).isEqualTo("h".repeat(2048) + "\no\nc[3000,\"Go away!\"]\n");
        }
    }

    @Test
    void sj_http_1_connectionIsKeptAndEachFrameIsAChunk() throws IOException {
        try (HttpPeer peer = new HttpPeer(services.port)) {
            Response first =
                    peer.send("GET", "/echo", "", "Connection: keep-alive").response();
            assertThat(first.headers()).containsEntry("content-length", "19").doesNotContainKey("connection");
            String session = session("close");
            Response stream = peer.send("POST", session + "/xhr_streaming", "").head();
            assertThat(stream.headers())
                    .containsEntry("transfer-encoding", "chunked")
                    .doesNotContainKey("content-length");
            assertThat(peer.chunk()).isEqualTo("h".repeat(2048) + "\n");
            assertThat(peer.chunk()).isEqualTo("o\n");
            assertThat(peer.chunk()).isEqualTo("c[3000,\"Go away!\"]\n");
            assertThat(peer.chunk()).isEmpty();
            assertThat(peer.send("GET", "/echo", "").response().status()).isEqualTo(200);
        }
    }

    @Test
    void sj_http_2_postNeedsNeitherBodyNorLength() throws IOException {
        try (HttpPeer peer = new HttpPeer(services.port)) {
            peer.write("POST " + session("echo") + "/xhr HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(peer.response().body()).isEqualTo("o\n");
        }
    }

    @Test
    void sj_http_3_unknownParametersAreIgnored() throws IOException {
        String session = session("echo");
        assertThat(post(services.port, session + "/xhr?t=1732132456789&x=%zz", "")
                        .body())
                .isEqualTo("o\n");
        assertThat(post(services.port, session + "/xhr_send?t=1", "[\"a\"]").status())
                .isEqualTo(204);
        assertThat(post(services.port, session + "/xhr?t=2", "").body()).isEqualTo("a[\"a\"]\n");
        assertThat(get(services.port, "/echo/info?t=3").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /echo/0/0/websocket, GET",
        "GET, /echo/0/0/xhr, 'OPTIONS, POST'",
        "GET, /echo/0/0/xhr_send, 'OPTIONS, POST'",
        "DELETE, /echo/0/0/xhr_streaming, 'OPTIONS, POST'",
        "POST, /echo/0/0/eventsource, 'OPTIONS, GET'",
        "PUT, /echo/info, 'OPTIONS, GET'",
        "POST, /echo, 'GET, HEAD'"
    })
    @org.junit.jupiter.api.Tag("SJ-405-1")
    void wrongMethodIsToldTheRightOnes(String method, String path, String allowed) throws IOException {
        Response response = request(services.port, method, path, "");
        assertThat(response.status()).isEqualTo(405);
        assertThat(response.header("Allow")).isEqualTo(allowed);
        assertThat(response.headers()).doesNotContainKey("content-type");
        assertThat(response.body()).isEmpty();
    }

    // ---- INFO

    private Matcher info(String service) throws IOException {
        Matcher info = INFO.matcher(get(services.port, "/" + service + "/info").body());
        assertThat(info.matches()).isTrue();
        return info;
    }

    @Test
    void sj_info_1_tellsWhatClientsNeed() throws IOException {
        Response response = get(services.port, "/echo/info", "Origin: test");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Type")).isEqualTo("application/json; charset=UTF-8");
        assertThat(response.headers()).doesNotContainKey("set-cookie");
        assertThat(response.body()).matches(INFO);
        assertThat(info("echo").group(1)).isEqualTo("true");
        assertThat(info("echo").group(2)).isEqualTo("false");
    }

    @Test
    void sj_info_2_entropyIsNewEachTimeAndUnsigned() throws IOException {
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            long entropy = Long.parseLong(info("echo").group(3));
            assertThat(entropy).isBetween(0L, 0xffffffffL);
            seen.add(entropy);
        }
        assertThat(seen).hasSizeGreaterThan(38);
        assertThat(seen).anyMatch(entropy -> entropy > Integer.MAX_VALUE);
    }

    @Test
    void sj_info_3_webSocketCanBeSwitchedOff() throws IOException {
        assertThat(info("disabled_websocket_echo").group(1)).isEqualTo("false");
        for (String path : new String[] {"/0/0/websocket", "/websocket"}) {
            try (HttpPeer peer = new HttpPeer(services.port)) {
                peer.write(WebSocketPeer.request("").replace("/stomp", "/disabled_websocket_echo" + path));
                assertThat(peer.response().status()).isEqualTo(404);
            }
        }
        String session = session("disabled_websocket_echo");
        assertThat(post(services.port, session + "/xhr", "").body()).isEqualTo("o\n");
    }

    @Test
    void sj_info_4_isNotCached() throws IOException {
        assertNotCached(get(services.port, "/echo/info"));
    }

    private static void assertNotCached(Response response) {
        assertThat(response.header("Cache-Control")).isEqualTo(NOT_CACHED);
        assertThat(response.headers()).doesNotContainKeys("expires", "last-modified");
    }

    @Test
    void sj_info_5_canBeAskedFromElsewhere() throws IOException {
        assertPreflight("/echo/info", "GET");
    }

    @Test
    void sj_info_6_statusIs200AlwaysAndAtOnce() throws IOException {
        try (HttpPeer peer = new HttpPeer(services.port)) {
            for (int i = 0; i < 20; i++) {
                assertThat(peer.send("GET", "/echo/info?t=" + i, "", "If-None-Match: *")
                                .response()
                                .status())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void sj_info_7_sendsNobodyElsewhere() throws IOException {
        Response response = get(
                services.port,
                "/echo/info?base_url=http://evil.example",
                "X-Forwarded-Host: evil.example",
                "Forwarded: host=evil.example");
        assertThat(response.body()).matches(INFO).doesNotContain("evil");
        assertThat(response.headers().toString()).doesNotContain("evil");
    }

    // ---- CORS

    private void assertPreflight(String path, String method) throws IOException {
        for (String origin : new String[] {"test", "null"}) {
            Response response = options(
                    services.port, path, "Origin: " + origin, "Access-Control-Request-Method: OPTIONS, " + method);
            assertThat(response.status()).isEqualTo(204);
            assertThat(response.body()).isEmpty();
            assertThat(response.headers())
                    .containsEntry("cache-control", "public, max-age=31536000")
                    .containsKey("expires")
                    .containsEntry("access-control-max-age", "31536000")
                    .containsEntry("access-control-allow-methods", "OPTIONS, " + method)
                    .doesNotContainKey("content-length");
            assertShared(response, origin);
        }
    }

    private static void assertShared(Response response, String origin) {
        assertThat(response.headers())
                .containsEntry("access-control-allow-origin", origin)
                .containsEntry("access-control-allow-credentials", "true")
                .containsEntry("vary", "Origin");
    }

    @Test
    void sj_cors_1_originIsNamedInTheAnswer() throws IOException {
        String session = session("echo");
        assertShared(get(services.port, "/echo/info", "Origin: test"), "test");
        assertShared(get(services.port, "/echo/info", "Origin: null"), "null");
        assertShared(post(services.port, session + "/xhr", "", "Origin: test"), "test");
        assertShared(post(services.port, session + "/xhr_send", "[]", "Origin: test"), "test");
        Response without = get(services.port, "/echo/info");
        assertThat(without.headers())
                .containsEntry("access-control-allow-origin", "*")
                .doesNotContainKey("access-control-allow-credentials");
    }

    @Test
    void sj_cors_2_answersDifferByOrigin() throws IOException {
        String session = session("echo");
        assertThat(get(services.port, "/echo/info").header("Vary")).isEqualTo("Origin");
        assertThat(post(services.port, session + "/xhr", "").header("Vary")).isEqualTo("Origin");
        assertThat(post(services.port, session + "/xhr_send", "[]").header("Vary"))
                .isEqualTo("Origin");
        assertThat(get(services.port, "/echo/info", "Origin: https://evil.example")
                        .header("Vary"))
                .isEqualTo("Origin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/xhr", "/xhr_send", "/xhr_streaming"})
    void sj_cors_3_preflight(String transport) throws IOException {
        assertPreflight("/echo/abc/abc" + transport, "POST");
    }

    @Test
    void sj_cors_4_headersThatAreAskedForAreAllowed() throws IOException {
        String path = session("echo") + "/xhr";
        Response response = options(services.port, path, "Origin: test", "Access-Control-Request-Headers: a, b, c");
        assertThat(response.header("Access-Control-Allow-Headers")).isEqualTo("a, b, c");
        assertShared(response, "test");
        for (String other :
                new String[] {"X: y", "Access-Control-Request-Headers:", "Access-Control-Request-Headers: a; b<"}) {
            assertThat(options(services.port, path, "Origin: test", other).headers())
                    .doesNotContainKey("access-control-allow-headers");
        }
    }

    // ---- CACHE

    @Test
    void sj_cache_1_nothingOfASessionIsCached() throws IOException {
        String session = session("echo");
        assertNotCached(post(services.port, session + "/xhr", ""));
        assertNotCached(post(services.port, session + "/xhr_send", "[]"));
        for (String transport : new String[] {"xhr_streaming", "eventsource"}) {
            try (HttpPeer peer = new HttpPeer(services.port)) {
                String method = transport.equals("eventsource") ? "GET" : "POST";
                assertNotCached(
                        peer.send(method, session("echo") + "/" + transport, "").head());
            }
        }
    }

    @Test
    void sj_cache_2_streamsAreNotKeptBackByProxies() throws IOException {
        for (String transport : new String[] {"xhr_streaming", "eventsource"}) {
            try (HttpPeer peer = new HttpPeer(services.port)) {
                String method = transport.equals("eventsource") ? "GET" : "POST";
                Response head = peer.send(method, session("echo") + "/" + transport, "", "Accept-Encoding: gzip")
                        .head();
                assertThat(head.headers())
                        .containsEntry("x-accel-buffering", "no")
                        .doesNotContainKey("content-encoding");
            }
        }
    }

    // ---- COOKIE

    @Test
    void sj_cookie_1_sessionsHaveACookieIfItIsNeeded() throws IOException {
        assertThat(info("cookie_needed_echo").group(2)).isEqualTo("true");
        assertThat(get(services.port, "/cookie_needed_echo/info").headers()).doesNotContainKey("set-cookie");
        String session = session("cookie_needed_echo");
        assertThat(post(services.port, session + "/xhr", "").header("Set-Cookie"))
                .startsWith("JSESSIONID=dummy; path=/");
        assertThat(post(services.port, session + "/xhr_send", "[]", "Cookie: a=b; JSESSIONID=abcdef; c=d")
                        .header("Set-Cookie"))
                .startsWith("JSESSIONID=abcdef; path=/");
        for (String transport : new String[] {"xhr_streaming", "eventsource"}) {
            try (HttpPeer peer = new HttpPeer(services.port)) {
                String method = transport.equals("eventsource") ? "GET" : "POST";
                Response head = peer.send(method, session("cookie_needed_echo") + "/" + transport, "")
                        .head();
                assertThat(head.header("Set-Cookie")).startsWith("JSESSIONID=dummy; path=/");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "JSESSIONID=a.b_c~d-1, a.b_c~d-1",
        "JSESSIONID=a<b, dummy",
        "JSESSIONIDX=abc, dummy",
        "XJSESSIONID=abc, dummy",
        "JSESSIONID=, dummy"
    })
    void sj_cookie_2_onlyWhatIsHarmlessIsSentBack(String cookie, String value) throws IOException {
        Response response = post(services.port, session("cookie_needed_echo") + "/xhr", "", "Cookie: " + cookie);
        assertThat(response.header("Set-Cookie")).isEqualTo("JSESSIONID=" + value + "; path=/; HttpOnly; SameSite=Lax");
    }

    @Test
    void sj_cookie_2_underTlsOtherSitesGetIt() throws IOException {
        try (StompServer server = StompServer.builder()
                .endpoint(Endpoint.builder("ws", Endpoint.Kind.WEB_SOCKET)
                        .proxyTrust(Set.of("127.0.0.1"))
                        .sockJs(SockJs.builder().sessionCookie(true).build())
                        .build())
                .start()) {
            Response response = post(server.port("ws"), session("stomp") + "/xhr", "", "X-Forwarded-Proto: https");
            assertThat(response.header("Set-Cookie"))
                    .isEqualTo("JSESSIONID=dummy; path=/; HttpOnly; SameSite=None; Secure");
        }
    }

    @Test
    void sj_cookie_3_elseThereIsNone() throws IOException {
        String session = session("echo");
        assertThat(post(services.port, session + "/xhr", "", "Cookie: JSESSIONID=abc")
                        .headers())
                .doesNotContainKey("set-cookie");
        assertThat(post(services.port, session + "/xhr_send", "[]", "Cookie: JSESSIONID=abc")
                        .headers())
                .doesNotContainKey("set-cookie");
    }

    // ---- SEC

    @ParameterizedTest
    @ValueSource(strings = {"/info", "/000/s/xhr", "/000/s/xhr_streaming", "/000/s/xhr_send", "/000/s/eventsource"})
    void sj_sec_1_pagesOfOtherOriginsAreRefused(String path) throws IOException {
        String method = path.contains("xhr") ? "POST" : "GET";
        for (String origin : new String[] {"https://evil.example", "tes", "testx"}) {
            Response response = request(services.port, method, "/echo" + path, "", "Origin: " + origin);
            assertThat(response.status()).isEqualTo(403);
            assertThat(response.headers()).doesNotContainKey("access-control-allow-origin");
        }
        assertThat(request(services.port, method, "/echo" + path, "", "Sec-Fetch-Site: cross-site")
                        .status())
                .isEqualTo(403);
        // No session has come of it.
        assertThat(post(services.port, "/echo/000/s/xhr_send", "[]").status()).isEqualTo(404);
    }

    @Test
    void sj_sec_1_sameOriginIsAllowedAndNullOnlyIfListed() throws IOException {
        try (SockJsServices strict = SockJsServices.start(Set.of(), UnaryOperator.identity())) {
            Response own = get(strict.port, "/echo/info", "Origin: http://localhost");
            assertShared(own, "http://localhost");
            assertThat(get(strict.port, "/echo/info", "Origin: null").status()).isEqualTo(403);
            assertThat(get(strict.port, "/echo/info", "Origin: https://localhost")
                            .status())
                    .isEqualTo(403);
        }
    }

    @Test
    void sj_sec_1_allMeansAllButNull() throws IOException {
        try (SockJsServices open = SockJsServices.start(Set.of("*"), UnaryOperator.identity())) {
            Response response = get(open.port, "/echo/info", "Origin: https://anybody.example");
            assertThat(response.headers())
                    .containsEntry("access-control-allow-origin", "https://anybody.example")
                    .containsEntry("access-control-allow-credentials", "true");
            assertThat(get(open.port, "/echo/info", "Origin: null").status()).isEqualTo(403);
        }
    }

    @Test
    void sj_sec_6_nothingIsGuessedAndNothingReflected() throws IOException {
        for (String path :
                new String[] {"/echo", "/echo/info", "/echo/<b>", "/health", "/<b>", session("echo") + "/jsonp?c=<b>"
                }) {
            Response response = get(services.port, path);
            assertThat(response.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(response.body()).doesNotContain("<b>");
        }
        assertThat(post(services.port, session("echo") + "/xhr", "").header("X-Content-Type-Options"))
                .isEqualTo("nosniff");
    }

    @Test
    void sj_sec_7_infoTellsNothingElse() throws IOException {
        Response response = get(services.port, "/echo/info");
        assertThat(response.body()).matches(INFO);
        assertThat(response.headers().keySet())
                .containsExactlyInAnyOrder(
                        "date",
                        "content-type",
                        "content-length",
                        "cache-control",
                        "vary",
                        "access-control-allow-origin",
                        "x-content-type-options");
    }
}
