/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.server.HttpPeer.Response;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SOCKJS.md, section 7: polling, streaming and EventSource, and how clients send beside them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SockJsTransportsTest {
    private static final String NOT_CACHED = "no-store, no-cache, no-transform, must-revalidate, max-age=0";

    private SockJsServices services;

    @BeforeAll
    void start() {
        services = SockJsServices.start();
    }

    @AfterAll
    void stop() {
        services.close();
    }

    private SockJsPeer echo() throws IOException {
        return SockJsPeer.open(services.port, "echo");
    }

    // ---- XHR

    @Test
    void sj_xhr_1_oneFrameForOneRequest() throws IOException {
        SockJsPeer peer = SockJsPeer.of(services.port, "echo");
        Response first = peer.post("xhr", "", "Origin: test");
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.body()).isEqualTo("o\n");
        assertThat(first.header("Content-Type")).isEqualTo("application/javascript; charset=UTF-8");
        assertThat(first.header("Cache-Control")).isEqualTo(NOT_CACHED);
        assertThat(first.header("Access-Control-Allow-Origin")).isEqualTo("test");
        peer.send("[\"x\"]", "Origin: test");
        Response second = peer.post("xhr", "");
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.body()).isEqualTo("a[\"x\"]\n");
    }

    @Test
    void sj_xhr_2_allThatWaitsComesInOneFrame() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        try (StompServer server = StompServer.builder()
                .webSocket(0, "/stomp")
                .sockJs("/app", new WebSocketHandler() {
                    @Override
                    public void onText(WebSocketSession session, String text) {
                        text.chars().forEach(c -> session.send(Character.toString(c)));
                        sent.countDown();
                    }
                })
                .start()) {
            SockJsPeer peer = SockJsPeer.open(server.port("ws"), "app");
            peer.send("[\"abcd\"]");
            sent.await();
            assertThat(peer.poll()).isEqualTo("a[\"a\",\"b\",\"c\",\"d\"]\n");
        }
    }

    @Test
    void sj_xhr_3_requestWaitsUntilThereIsSomething() throws IOException {
        SockJsPeer peer = echo();
        try (HttpPeer poll = peer.begin("xhr")) {
            awaitReceiver(peer);
            peer.send("[\"late\"]");
            assertThat(poll.response().body()).isEqualTo("a[\"late\"]\n");
        }
    }

    /** Until the server knows of a request that waits: then another is told so. */
    private static void awaitReceiver(SockJsPeer peer) {
        org.awaitility.Awaitility.await().until(() -> {
            try (HttpPeer other = peer.begin("xhr_streaming")) {
                other.head();
                other.chunk();
                return other.chunk().startsWith("c[2010,");
            }
        });
    }

    // ---- SEND

    @Test
    void sj_send_1_nothingIsAnsweredButThatItWasTaken() throws IOException {
        SockJsPeer peer = SockJsPeer.of(services.port, "echo");
        assertThat(peer.poll("Origin: test")).isEqualTo("o\n");
        Response response = peer.post("xhr_send", "[\"x\"]", "Origin: test");
        assertThat(response.status()).isEqualTo(204);
        assertThat(response.body()).isEmpty();
        assertThat(response.headers())
                .containsEntry("content-type", "text/plain; charset=UTF-8")
                .containsEntry("cache-control", NOT_CACHED)
                .containsEntry("access-control-allow-origin", "test")
                .doesNotContainKeys("content-length", "transfer-encoding");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "T",
                "application/json",
                "application/xml",
                "",
                "application/json; charset=utf-8",
                "text/xml; charset=utf-8",
                "text/xml",
                "application/x-www-form-urlencoded",
                ";;=\"",
                "multipart/form-data"
            })
    void sj_send_2_contentTypeIsNotLookedAt(String type) throws IOException {
        SockJsPeer peer = echo();
        peer.send("[\"%61b+c\"]", "Content-Type: " + type);
        assertThat(peer.poll()).isEqualTo("a[\"%61b+c\"]\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[\"x",
                "x",
                "[\"a\",]",
                "[\"a\"",
                "{}",
                "null",
                "\"a\"",
                "[1]",
                "[[\"a\"]]",
                "[\"a\"]x",
                "[\"\\x\"]"
            })
    void sj_send_3_brokenIsToldAndTheSessionLives(String broken) throws IOException {
        SockJsPeer peer = echo();
        Response response = peer.post("xhr_send", broken);
        assertThat(response.status()).isEqualTo(500);
        assertThat(response.body()).isEqualTo("Broken JSON encoding.\n");
        peer.send("[\"a\"]");
        assertThat(peer.poll()).isEqualTo("a[\"a\"]\n");
    }

    @Test
    void sj_send_3_emptyIsTold() throws IOException {
        SockJsPeer peer = echo();
        Response response = peer.post("xhr_send", "");
        assertThat(response.status()).isEqualTo(500);
        assertThat(response.body()).isEqualTo("Payload expected.\n");
        peer.send("[\"a\"]");
        assertThat(peer.poll()).isEqualTo("a[\"a\"]\n");
    }

    @Test
    void sj_send_4_unknownOrClosedSessionIsNotThere() throws IOException {
        assertThat(SockJsPeer.of(services.port, "echo")
                        .post("xhr_send", "[\"x\"]")
                        .status())
                .isEqualTo(404);
        SockJsPeer closed = SockJsPeer.open(services.port, "close");
        assertThat(closed.poll()).startsWith("c[3000,");
        assertThat(closed.post("xhr_send", "[\"x\"]").status()).isEqualTo(404);
    }

    // ---- STREAM

    @Test
    void sj_stream_1_preludeThenFrames() throws IOException {
        SockJsPeer peer = SockJsPeer.of(services.port, "echo");
        try (HttpPeer stream = peer.begin("xhr_streaming", "Origin: test")) {
            Response head = stream.head();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.headers())
                    .containsEntry("content-type", "application/javascript; charset=UTF-8")
                    .containsEntry("cache-control", NOT_CACHED)
                    .containsEntry("access-control-allow-origin", "test")
                    .containsEntry("access-control-allow-credentials", "true");
            assertThat(stream.chunk()).isEqualTo("h".repeat(2048) + "\n");
            assertThat(stream.chunk()).isEqualTo("o\n");
            peer.send("[\"x\"]", "Origin: test");
            assertThat(stream.chunk()).isEqualTo("a[\"x\"]\n");
        }
    }

    @Test
    void sj_stream_2_endsAfterTheFrameThatReachesTheLimit() throws IOException {
        SockJsPeer peer = SockJsPeer.of(services.port, "echo");
        String message = "\"" + "x".repeat(128) + "\"";
        try (HttpPeer stream = peer.stream("xhr_streaming")) {
            assertThat(stream.chunk()).isEqualTo("o\n");
            for (int i = 0; i < 31; i++) {
                peer.send("[" + message + "]");
                assertThat(stream.chunk()).isEqualTo("a[" + message + "]\n");
            }
            assertThat(stream.chunk()).isEmpty();
            // The connection is free for the next.
            stream.send("POST", peer.session + "/xhr_streaming", "");
            assertThat(stream.head().status()).isEqualTo(200);
            assertThat(stream.chunk()).isEqualTo("h".repeat(2048) + "\n");
            peer.send("[\"next\"]");
            assertThat(stream.chunk()).isEqualTo("a[\"next\"]\n");
        }
    }

    @Test
    void sj_stream_2_aFrameIsNeverCut() throws IOException {
        SockJsPeer peer = SockJsPeer.of(services.port, "echo");
        String message = "\"" + "x".repeat(20_000) + "\"";
        try (HttpPeer stream = peer.stream("xhr_streaming")) {
            assertThat(stream.chunk()).isEqualTo("o\n");
            peer.send("[" + message + "]");
            assertThat(stream.chunk()).isEqualTo("a[" + message + "]\n");
            assertThat(stream.chunk()).isEmpty();
        }
    }

    @Test
    void sj_stream_3_messagesWaitBetweenResponses() throws IOException {
        SockJsPeer peer = echo();
        peer.send("[\"1\"]").send("[\"2\"]");
        try (HttpPeer stream = peer.stream("xhr_streaming")) {
            StringBuilder seen = new StringBuilder();
            while (!seen.toString().endsWith("2")) {
                seen.append(stream.chunk().replaceAll("[^12]", ""));
            }
            assertThat(seen.toString()).isEqualTo("12");
        }
    }

    // ---- ES

    @Test
    void sj_es_1_frameIsAnEvent() throws IOException {
        SockJsPeer peer = SockJsPeer.of(services.port, "echo");
        try (HttpPeer stream = peer.begin("eventsource")) {
            Response head = stream.head();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Content-Type")).isEqualTo("text/event-stream");
            assertThat(head.header("Cache-Control")).isEqualTo(NOT_CACHED);
            assertThat(stream.chunk()).isEqualTo("\r\n");
            assertThat(stream.chunk()).isEqualTo("data: o\r\n\r\n");
            peer.send("[\"x\"]");
            assertThat(stream.chunk()).isEqualTo("data: a[\"x\"]\r\n\r\n");
        }
    }

    @Test
    void sj_es_2_endsAfterTheFrameThatReachesTheLimit() throws IOException {
        SockJsPeer peer = SockJsPeer.of(services.port, "echo");
        String message = "\"" + "x".repeat(4096) + "\"";
        try (HttpPeer stream = peer.stream("eventsource")) {
            assertThat(stream.chunk()).isEqualTo("data: o\r\n\r\n");
            peer.send("[" + message + "]");
            assertThat(stream.chunk()).isEqualTo("data: a[" + message + "]\r\n\r\n");
            assertThat(stream.chunk()).isEmpty();
        }
    }

    @Test
    void sj_es_3_frameIsOneLine() throws IOException {
        SockJsPeer peer = SockJsPeer.of(services.port, "echo");
        try (HttpPeer stream = peer.stream("eventsource")) {
            stream.chunk();
            peer.send("[\"  \\u0000\\n\\r \"]");
            assertThat(stream.chunk()).isEqualTo("data: a[\"  \\u0000\\n\\r \"]\r\n\r\n");
        }
    }

    @Test
    void sj_es_4_percentIsEscaped() throws IOException {
        SockJsPeer peer = SockJsPeer.of(services.port, "echo");
        try (HttpPeer stream = peer.stream("eventsource")) {
            stream.chunk();
            for (String text : new String[] {"100%", "%41", "%80", "%2541", "%"}) {
                peer.send("[\"" + text + "\"]");
                assertThat(stream.chunk()).isEqualTo("data: a[\"" + text.replace("%", "%25") + "\"]\r\n\r\n");
            }
        }
    }

    @Test
    void sj_es_5_comesAgainAfterTheLimitWithoutBeingRefused() throws IOException {
        SockJsPeer peer = SockJsPeer.of(services.port, "echo");
        HttpPeer stream = peer.stream("eventsource");
        assertThat(stream.chunk()).isEqualTo("data: o\r\n\r\n");
        for (int i = 0; i < 5; i++) {
            peer.send("[\"" + "x".repeat(5_000) + "\"]");
            assertThat(stream.chunk()).hasSizeGreaterThan(5_000);
            assertThat(stream.chunk()).isEmpty();
            HttpPeer next = peer.stream("eventsource");
            stream.close();
            stream = next;
            peer.send("[\"" + i + "\"]");
            assertThat(stream.chunk()).isEqualTo("data: a[\"" + i + "\"]\r\n\r\n");
        }
        stream.close();
    }

    @Test
    void manyMessagesArriveInOrderAcrossResponses() throws IOException {
        SockJsPeer peer = SockJsPeer.of(services.port, "echo");
        try (HttpPeer poll = new HttpPeer(services.port);
                HttpPeer send = new HttpPeer(services.port)) {
            assertThat(poll.send("POST", peer.session + "/xhr", "").response().body())
                    .isEqualTo("o\n");
            StringBuilder seen = new StringBuilder();
            int next = 0;
            for (int round = 0; round < 50; round++) {
                String body = "["
                        + String.join(
                                ",",
                                IntStream.range(round * 4, round * 4 + 4)
                                        .mapToObj(i -> "\"" + i + "\"")
                                        .toList())
                        + "]";
                assertThat(send.send("POST", peer.session + "/xhr_send", body)
                                .response()
                                .status())
                        .isEqualTo(204);
                while (next < round * 4 + 4) {
                    String frame = poll.send("POST", peer.session + "/xhr", "")
                            .response()
                            .body();
                    seen.append(frame);
                    next += (int) frame.chars().filter(c -> c == '"').count() / 2;
                }
            }
            assertThat(seen.toString().replaceAll("[^0-9]+", " ").strip())
                    .isEqualTo(String.join(
                            " ",
                            IntStream.range(0, 200).mapToObj(Integer::toString).toList()));
        }
    }
}
