/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static io.hoofbeat.server.HttpPeer.get;
import static io.hoofbeat.server.HttpPeer.post;
import static io.hoofbeat.server.SockJsServices.session;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.server.HttpPeer.Response;
import java.io.IOException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SOCKJS.md, section 7: htmlfile, jsonp and the page for frames. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SockJsLegacyTest {
    private static final String NOT_CACHED = "no-store, no-cache, no-transform, must-revalidate, max-age=0";
    private static final String FORM = "Content-Type: application/x-www-form-urlencoded";
    private static final String HEAD = """
            <!doctype html>
            <html><head>
              <meta http-equiv="X-UA-Compatible" content="IE=edge" />
              <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
            </head><body><h2>Don't panic!</h2>
              <script>
                document.domain = document.domain;
                var c = parent.callback;
                c.start();
                function p(d) {c.message(d);};
                window.onload = function() {c.stop();};
              </script>""";
    private static final Pattern PAGE = Pattern.compile("""
            <!DOCTYPE html>
            <html>
            <head>
              <meta http-equiv="X-UA-Compatible" content="IE=edge" />
              <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
              <script src="(?<script>[^"]*)"></script>
              <script>
                document.domain = document.domain;
                SockJS.bootstrap_iframe\\(\\);
              </script>
            </head>
            <body>
              <h2>Don't panic!</h2>
              <p>This is a SockJS hidden iframe. It's used for cross domain magic.</p>
            </body>
            </html>""");

    private SockJsServices services;

    @BeforeAll
    void start() {
        services = SockJsServices.startLegacy();
    }

    @AfterAll
    void stop() {
        services.close();
    }

    // ---- CB

    @ParameterizedTest
    @CsvSource({
        "'', '\"callback\" parameter required'",
        "'?c=', '\"callback\" parameter required'",
        "'?c=%20', 'invalid \"callback\" parameter'",
        "'?c=*', 'invalid \"callback\" parameter'",
        "'?c=abc(', 'invalid \"callback\" parameter'",
        "'?c=abc%28', 'invalid \"callback\" parameter'"
    })
    void sj_cb_1_callbackIsChecked(String query, String text) throws IOException {
        for (String transport : new String[] {"htmlfile", "jsonp"}) {
            String session = session("echo");
            Response response = get(services.port, session + "/" + transport + query);
            assertThat(response.status()).isEqualTo(500);
            assertThat(response.body()).isEqualTo(text + "\n");
            assertThat(post(services.port, session + "/xhr_send", "[]").status())
                    .isEqualTo(404);
        }
        String longest = "c".repeat(64);
        assertThat(get(services.port, session("echo") + "/jsonp?c=" + longest).body())
                .isEqualTo("/**/" + longest + "(\"o\");\r\n");
        assertThat(get(services.port, session("echo") + "/jsonp?c=c" + longest).status())
                .isEqualTo(500);
    }

    // ---- HF

    @Test
    void sj_hf_1_framesAreScriptsOfAPage() throws IOException {
        SockJsPeer peer = SockJsPeer.of(services.port, "echo");
        try (HttpPeer page = peer.begin("htmlfile?c=%63allback")) {
            Response head = page.head();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Content-Type")).isEqualTo("text/html; charset=UTF-8");
            assertThat(head.header("Cache-Control")).isEqualTo(NOT_CACHED);
            String first = page.chunk();
            assertThat(first.strip()).isEqualTo(HEAD);
            assertThat(first).hasSizeGreaterThan(1024);
            assertThat(page.chunk()).isEqualTo("<script>\np(\"o\");\n</script>\r\n");
            peer.send("[\"x\"]");
            assertThat(page.chunk()).isEqualTo("<script>\np(\"a[\\\"x\\\"]\");\n</script>\r\n");
            peer.send("[\"</script>\\u2028\\\\\"]");
            assertThat(page.chunk())
                    .isEqualTo("<script>\np(\"a[\\\"\\u003c\\/script\\u003e\\\\u2028\\\\\\\\\\\"]\");\n</script>\r\n");
        }
    }

    @Test
    void sj_hf_2_endsAfterTheFrameThatReachesTheLimit() throws IOException {
        SockJsPeer peer = SockJsPeer.of(services.port, "echo");
        try (HttpPeer page = peer.stream("htmlfile?c=callback")) {
            page.chunk();
            String message = "x".repeat(4096);
            peer.send("[\"" + message + "\"]");
            assertThat(page.chunk()).isEqualTo("<script>\np(\"a[\\\"" + message + "\\\"]\");\n</script>\r\n");
            assertThat(page.chunk()).isEmpty();
        }
    }

    // ---- JSONP

    @Test
    void sj_jsonp_1_frameIsACall() throws IOException {
        SockJsPeer peer = SockJsPeer.of(services.port, "echo");
        Response response = get(services.port, peer.session + "/jsonp?c=%63allback");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Type")).isEqualTo("application/javascript; charset=UTF-8");
        assertThat(response.header("Cache-Control")).isEqualTo(NOT_CACHED);
        assertThat(response.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(response.body()).isEqualTo("/**/callback(\"o\");\r\n");
    }

    private Response send(SockJsPeer peer, String body, String... headers) throws IOException {
        return post(services.port, peer.session + "/jsonp_send", body, headers);
    }

    private String poll(SockJsPeer peer) throws IOException {
        return get(services.port, peer.session + "/jsonp?c=x").body();
    }

    @Test
    void sj_jsonp_2_sendsAFormOrJson() throws IOException {
        SockJsPeer peer = SockJsPeer.of(services.port, "echo");
        assertThat(poll(peer)).isEqualTo("/**/x(\"o\");\r\n");
        Response form = send(peer, "d=%5B%22abc%22%5D", FORM);
        assertThat(form.status()).isEqualTo(200);
        assertThat(form.body()).isEqualTo("ok");
        assertThat(form.header("Content-Type")).isEqualTo("text/plain; charset=UTF-8");
        assertThat(form.header("Cache-Control")).isEqualTo(NOT_CACHED);
        assertThat(poll(peer)).isEqualTo("/**/x(\"a[\\\"abc\\\"]\");\r\n");
        assertThat(send(peer, "[\"%61bc\"]", "Content-Type: text/plain").body()).isEqualTo("ok");
        assertThat(poll(peer)).isEqualTo("/**/x(\"a[\\\"%61bc\\\"]\");\r\n");
        assertThat(send(peer, "d=%5B%5D", FORM).body()).isEqualTo("ok");
        assertThat(send(peer, "d=%5B%22x%22%5D", FORM).body()).isEqualTo("ok");
        assertThat(poll(peer)).isEqualTo("/**/x(\"a[\\\"x\\\"]\");\r\n");
    }

    @Test
    void sj_jsonp_2_brokenIsTold() throws IOException {
        SockJsPeer peer = SockJsPeer.of(services.port, "echo");
        poll(peer);
        Response broken = send(peer, "d=%5B%22x", FORM);
        assertThat(broken.status()).isEqualTo(500);
        assertThat(broken.body()).isEqualTo("Broken JSON encoding.\n");
        for (String body : new String[] {"", "d=", "p=p"}) {
            Response nothing = send(peer, body, FORM);
            assertThat(nothing.status()).isEqualTo(500);
            assertThat(nothing.body()).isEqualTo("Payload expected.\n");
        }
        assertThat(send(peer, "d=%5B%22b%22%5D", FORM).body()).isEqualTo("ok");
        assertThat(poll(peer)).isEqualTo("/**/x(\"a[\\\"b\\\"]\");\r\n");
        assertThat(send(SockJsPeer.of(services.port, "echo"), "[\"a\"]").status())
                .isEqualTo(404);
    }

    @Test
    void sj_jsonp_3_closeIsRepeated() throws IOException {
        SockJsPeer peer = SockJsPeer.of(services.port, "close");
        assertThat(poll(peer)).isEqualTo("/**/x(\"o\");\r\n");
        assertThat(poll(peer)).isEqualTo("/**/x(\"c[3000,\\\"Go away!\\\"]\");\r\n");
        assertThat(poll(peer)).isEqualTo("/**/x(\"c[3000,\\\"Go away!\\\"]\");\r\n");
    }

    @Test
    void sj_cookie_1_oldTransportsHaveItToo() throws IOException {
        String session = session("cookie_needed_echo");
        assertThat(get(services.port, session + "/jsonp?c=x").header("Set-Cookie"))
                .startsWith("JSESSIONID=dummy; path=/");
        assertThat(post(services.port, session + "/jsonp_send", "[\"x\"]").header("Set-Cookie"))
                .startsWith("JSESSIONID=dummy; path=/");
        try (HttpPeer page = new HttpPeer(services.port)) {
            Response head = page.send("GET", session("cookie_needed_echo") + "/htmlfile?c=x", "")
                    .head();
            assertThat(head.header("Set-Cookie")).startsWith("JSESSIONID=dummy; path=/");
        }
    }

    // ---- IFRAME

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/iframe.html",
                "/iframe-a.html",
                "/iframe-.html",
                "/iframe-0.1.2.html",
                "/iframe-0.1.2abc-dirty.2144.html",
                "/iframe-a.html?t=1234",
                "/iframe-0.1.2abc-dirty.2144.html?t=qweqweq123"
            })
    void sj_iframe_1_page(String path) throws IOException {
        Response response = get(services.port, "/echo" + path);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.headers())
                .containsEntry("content-type", "text/html; charset=UTF-8")
                .containsEntry("cache-control", "public, max-age=31536000")
                .containsKeys("expires", "etag")
                .doesNotContainKeys("last-modified", "set-cookie");
        assertThat(response.body()).matches(PAGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/iframe.htm",
                "/iframe",
                "/IFRAME.HTML",
                "/IFRAME",
                "/iframe.HTML",
                "/iframe.xml",
                "/iframe-/.html"
            })
    void sj_iframe_2_othersAreNotThere(String path) throws IOException {
        assertThat(get(services.port, "/echo" + path).status()).isEqualTo(404);
    }

    @Test
    void sj_iframe_3_isNotSentTwice() throws IOException {
        String tag = get(services.port, "/echo/iframe.html").header("ETag");
        assertThat(get(services.port, "/echo/iframe.html").header("ETag"))
                .isEqualTo(tag)
                .isNotEmpty();
        Response same = get(services.port, "/echo/iframe.html", "If-None-Match: " + tag);
        assertThat(same.status()).isEqualTo(304);
        assertThat(same.headers()).doesNotContainKeys("content-type", "content-length");
        assertThat(same.body()).isEmpty();
        assertThat(get(services.port, "/echo/iframe.html", "If-None-Match: \"other\"")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void sj_iframe_4_scriptIsOurs() throws IOException {
        Response page = get(services.port, "/echo/iframe.html");
        Matcher matcher = PAGE.matcher(page.body());
        assertThat(matcher.matches()).isTrue();
        String url = matcher.group("script");
        assertThat(url).startsWith("/echo/");
        Response script = get(services.port, url);
        assertThat(script.status()).isEqualTo(200);
        assertThat(script.header("Content-Type")).isEqualTo("text/javascript; charset=UTF-8");
        assertThat(script.body()).startsWith("/* sockjs-client v1.6.1 ").contains("\"1.6.1\"");
        assertThat(script.body().getBytes(UTF_8)).hasSizeGreaterThan(50_000);
        assertThat(page.header("X-Frame-Options")).isEqualTo("SAMEORIGIN");
        try (SockJsServices all = SockJsServices.start(Set.of("*"), options -> options.legacy(true))) {
            Response shared = get(all.port, "/echo/iframe.html");
            assertThat(shared.status()).isEqualTo(200);
            assertThat(shared.headers()).doesNotContainKey("x-frame-options");
        }
    }

    // ---- off

    @ParameterizedTest
    @ValueSource(strings = {"/htmlfile?c=x", "/jsonp?c=x", "/iframe.html"})
    void sj_sec_2_notWhereOriginsAreListedNorUnlessSwitchedOn(String path) throws IOException {
        String where = path.startsWith("/iframe") ? "/echo" + path : session("echo") + path;
        try (SockJsServices listed =
                        SockJsServices.start(Set.of("https://example.org"), options -> options.legacy(true));
                SockJsServices off = SockJsServices.start(Set.of(), options -> options);
                HttpPeer there = new HttpPeer(services.port)) {
            assertThat(get(listed.port, where).status()).isEqualTo(404);
            assertThat(get(off.port, where).status()).isEqualTo(404);
            assertThat(there.send("GET", where, "").head().status()).isEqualTo(200);
        }
    }

    @Test
    void sj_sec_2_scriptsOfOtherSitesAreRefusedWhereBrowsersTell() throws IOException {
        assertThat(get(services.port, session("echo") + "/jsonp?c=x", "Sec-Fetch-Site: cross-site")
                        .status())
                .isEqualTo(403);
        assertThat(get(services.port, session("echo") + "/jsonp?c=x", "Sec-Fetch-Site: same-origin")
                        .status())
                .isEqualTo(200);
    }
}
