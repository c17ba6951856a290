/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static io.hoofbeat.server.HttpPeer.get;
import static io.hoofbeat.server.HttpPeer.post;
import static io.hoofbeat.server.SockJsServices.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.broker.BrokerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SOCKJS.md, sections 4 and 5: URLs of sessions, and their life. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SockJsSessionsTest {
    private static final String OTHER_IS_OPEN = "c[2010,\"Another connection still open\"]\n";
    private static final String INTERRUPTED = "c[1002,\"Connection interrupted\"]\n";
    private static final String GO_AWAY = "c[3000,\"Go away!\"]\n";

    private SockJsServices services;

    /** With short times. */
    private SockJsServices hasty;

    @BeforeAll
    void start() {
        services = SockJsServices.start();
        hasty = SockJsServices.start(
                Set.of(),
                options -> options.heartbeatTime(Duration.ofMillis(100)).disconnectDelay(Duration.ofMillis(150)));
    }

    @AfterAll
    void stop() {
        services.close();
        hasty.close();
    }

    private SockJsPeer echo() throws IOException {
        return SockJsPeer.open(services.port, "echo");
    }

    // ---- URL

    @ParameterizedTest
    @ValueSource(strings = {"/a/a", "/_/_", "/1/", "/abcdefgh_i-j%20/abcdefg_i-j%20", "/;a=b/c;d", "/%2e/%2e"})
    void sj_url_1_idsAreAnyText(String ids) throws IOException {
        String path = "/echo" + ids + session("").replace("/", "") + "/xhr";
        assertThat(post(services.port, path, "").body()).isEqualTo("o\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"//", "/a./a", "/a/a.", "/./.", "/", "///", "", "/a", "/a/a/a", "//a", "/a/"})
    void sj_url_2_otherPathsAreNotThere(String ids) throws IOException {
        assertThat(get(services.port, "/echo" + ids + "/xhr").status()).isEqualTo(404);
        assertThat(post(services.port, "/echo" + ids + "/xhr", "").status()).isEqualTo(404);
    }

    @Test
    void sj_url_3_serverIdIsForOthers() throws IOException {
        SockJsPeer peer = echo();
        peer.send("[\"a\"]");
        assertThat(post(services.port, peer.session.replace("/000/", "/999/") + "/xhr", "")
                        .body())
                .isEqualTo("a[\"a\"]\n");
    }

    @Test
    void sj_url_4_whoReceivesBeginsASessionAndWhoSendsDoesNot() throws IOException {
        for (String transport : new String[] {"xhr", "xhr_streaming", "eventsource"}) {
            SockJsPeer peer = SockJsPeer.of(services.port, "echo");
            assertThat(peer.post("xhr_send", "[\"a\"]").status()).isEqualTo(404);
            try (HttpPeer begun = peer.begin(transport)) {
                assertThat(begun.head().status()).isEqualTo(200);
                if (!transport.equals("xhr")) {
                    begun.chunk();
                }
                assertThat(begun.chunk()).contains("o");
                peer.send("[\"a\"]");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/000/s/xhr;x=y",
                "/000/s%2Ft/xhr",
                "/000/s%2ft/xhr",
                "/000/s\\t/xhr",
                "/000/s%5Ct/xhr",
                "/000/s/xhr/"
            })
    void sj_url_5_tricksWithPathsLeadNowhere(String path) throws IOException {
        assertThat(post(services.port, "/echo" + path, "").status()).isEqualTo(404);
    }

    @Test
    void sj_url_6_sessionIdIsNotShownToTheApplication() throws IOException {
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        try (StompServer server = StompServer.builder()
                .webSocket(0, "/stomp")
                .sockJs("/app", new WebSocketHandler() {
                    @Override
                    public void onOpen(WebSocketSession session) {
                        seen.add(session + " " + session.id() + " "
                                + session.handshake().path()
                                + session.handshake().query() + session.attributes());
                    }
                })
                .start()) {
            assertThat(post(server.port("ws"), "/app/000/verysecret/xhr", "").body())
                    .isEqualTo("o\n");
            await().until(() -> !seen.isEmpty());
            assertThat(seen.toString()).doesNotContain("verysecret");

            SockJsPeer stomp = SockJsPeer.open(server.port("ws"), "stomp");
            stomp.send("[\"CONNECT\\naccept-version:1.2\\nhost:h\\n\\n\\u0000\"]");
            String id = stomp.session.substring(stomp.session.lastIndexOf('/') + 1);
            assertThat(stomp.poll()).startsWith("a[\"CONNECTED\\n").doesNotContain(id);
        }
    }

    @Test
    void sj_url_7_otherTransportsAreNotThere() throws IOException {
        SockJsPeer polling = echo();
        assertThat(get(services.port, polling.session + "/eventsource").status())
                .isEqualTo(404);
        try (HttpPeer stream = polling.stream("xhr_streaming")) {
            polling.send("[\"mixed\"]");
            assertThat(stream.chunk()).isEqualTo("a[\"mixed\"]\n");
        }
        SockJsPeer events = SockJsPeer.of(services.port, "echo");
        try (HttpPeer stream = events.stream("eventsource")) {
            assertThat(stream.chunk()).isEqualTo("data: o\r\n\r\n");
            assertThat(events.post("xhr", "").status()).isEqualTo(404);
            assertThat(events.post("xhr_streaming", "").status()).isEqualTo(404);
            events.send("[\"a\"]");
            assertThat(stream.chunk()).isEqualTo("data: a[\"a\"]\r\n\r\n");
        }
    }

    // ---- FRAME

    @Test
    void sj_frame_1_openMessagesHeartBeatAndClose() throws IOException {
        SockJsPeer peer = SockJsPeer.open(hasty.port, "echo");
        peer.send("[\"a\"]");
        assertThat(peer.poll()).isEqualTo("a[\"a\"]\n");
        assertThat(peer.poll()).isEqualTo("h\n");
        assertThat(SockJsPeer.open(services.port, "close").poll()).isEqualTo(GO_AWAY);
    }

    @Test
    void sj_frame_2_openIsAloneInTheFirstResponse() throws IOException {
        Queue<String> opened = new ConcurrentLinkedQueue<>();
        try (StompServer server = StompServer.builder()
                .webSocket(0, "/stomp")
                .sockJs("/app", new WebSocketHandler() {
                    @Override
                    public void onHandshake(Handshake handshake) {
                        handshake.attributes().put("greeting", "hello");
                    }

                    @Override
                    public void onOpen(WebSocketSession session) {
                        session.send(String.valueOf(session.attributes().get("greeting")));
                        opened.add(session.id());
                    }
                })
                .start()) {
            SockJsPeer peer = SockJsPeer.open(server.port("ws"), "app");
            await().until(() -> !opened.isEmpty());
            assertThat(peer.poll()).isEqualTo("a[\"hello\"]\n");
        }
    }

    @Test
    void sj_frame_3_nothingIsNoMessage() throws IOException {
        SockJsPeer peer = echo();
        peer.send("[]").send(" [ ] ").send(" [ \"a\" , \"b\"\r\n\t] ");
        assertThat(peer.poll()).isIn("a[\"a\"]\n", "a[\"a\",\"b\"]\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"a\",1]", "[\"a\",null]", "[[\"a\"]]", "[\"a\",[\"b\"]]", "[{\"a\":\"b\"}]", "[true]"})
    void sj_frame_4_onlyStrings(String json) throws IOException {
        SockJsPeer peer = echo();
        assertThat(peer.post("xhr_send", json).status()).isEqualTo(500);
        peer.send("[\"z\"]");
        assertThat(peer.poll()).isEqualTo("a[\"z\"]\n"); // nothing of the other has been taken
    }

    @Test
    void sj_frame_4_numberOfMessagesIsBounded() throws IOException {
        SockJsPeer peer = echo();
        String many = "\"\",".repeat(SockJsIntake.MOST_MESSAGES - 1) + "\"\"";
        assertThat(peer.post("xhr_send", "[" + many + ",\"\"]").status()).isEqualTo(500);
        assertThat(peer.post("xhr_send", "[" + many + "]").status()).isEqualTo(204);
    }

    @Test
    void sj_frame_5_noEmptyLineAndNoSecondOpen() throws IOException {
        SockJsPeer peer = SockJsPeer.of(hasty.port, "echo");
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            try (HttpPeer stream = peer.begin("xhr_streaming")) {
                stream.head();
                all.append(stream.chunk()).append(stream.chunk());
                peer.send("[\"" + "x".repeat(5_000) + "\"]");
                for (String chunk = stream.chunk(); !chunk.isEmpty(); chunk = stream.chunk()) {
                    all.append(chunk);
                }
            }
        }
        assertThat(all.toString()).doesNotContain("\n\n").doesNotStartWith("\n");
        assertThat(all.toString().split("(?m)^o$", -1)).hasSize(2);
    }

    // ---- HB

    @ParameterizedTest
    @CsvSource({"xhr_streaming, 'h\n'", "eventsource, 'data: h\r\n\r\n'"})
    void sj_hb_1_heartBeatsAfterSilence(String transport, String beat) throws IOException {
        SockJsPeer peer = SockJsPeer.of(hasty.port, "echo");
        try (HttpPeer stream = peer.stream(transport)) {
            assertThat(stream.chunk()).contains("o");
            for (int i = 0; i < 3; i++) {
                assertThat(stream.chunk()).isEqualTo(beat);
            }
        }
    }

    @Test
    void sj_hb_1_heartBeatEndsAPollAndRunsInWebSockets() throws IOException {
        SockJsPeer peer = SockJsPeer.open(hasty.port, "echo");
        assertThat(peer.poll()).isEqualTo("h\n");
        assertThat(peer.poll()).isEqualTo("h\n");
        try (WebSocketPeer socket = WebSocketPeer.open(hasty.port, session("echo") + "/websocket")) {
            assertThat(socket.receive().text()).isEqualTo("o");
            assertThat(socket.receive().text()).isEqualTo("h");
            assertThat(socket.receive().text()).isEqualTo("h");
        }
    }

    @Test
    void sj_hb_1_noneWhileStompHasItsOwn() throws IOException {
        SockJsServices often = SockJsServices.start(
                Set.of(),
                options -> options.heartbeatTime(Duration.ofMillis(1_500)),
                BrokerOptions.builder().heartBeatSend(Duration.ofMillis(500)));
        try (often) {
            SockJsPeer peer = SockJsPeer.of(often.port, "stomp");
            try (HttpPeer stream = peer.stream("xhr_streaming")) {
                assertThat(stream.chunk()).isEqualTo("o\n");
                peer.send("[\"CONNECT\\naccept-version:1.2\\nhost:h\\nheart-beat:0,500\\n\\n\\u0000\"]");
                StringBuilder seen = new StringBuilder();
                for (int i = 0; i < 8; i++) {
                    seen.append(stream.chunk());
                }
                assertThat(seen.toString())
                        .startsWith("a[\"CONNECTED\\n")
                        .contains("a[\"\\n\"]\n")
                        .doesNotContain("h\n");
            }
        }
    }

    // ---- TIME

    @Test
    void sj_time_1_sessionWithoutReceiverIsForgotten() throws IOException {
        Queue<Integer> closed = new ConcurrentLinkedQueue<>();
        try (StompServer server = StompServer.builder()
                .webSocket(0, "/stomp")
                .sockJs(
                        "/app",
                        new WebSocketHandler() {
                            @Override
                            public void onClose(WebSocketSession session, int code, String reason) {
                                closed.add(code);
                            }
                        },
                        SockJs.builder().disconnectDelay(Duration.ofMillis(200)).build())
                .start()) {
            SockJsPeer peer = SockJsPeer.open(server.port("ws"), "app");
            await().until(() -> closed.contains(1006));
            await().until(() -> peer.post("xhr_send", "[\"a\"]").status() == 404);
            assertThat(peer.poll()).isEqualTo("o\n");
        }
    }

    @Test
    void sj_time_1_sessionWithReceiverLives() throws IOException {
        SockJsPeer peer = SockJsPeer.of(hasty.port, "echo");
        try (HttpPeer stream = peer.stream("xhr_streaming")) {
            assertThat(stream.chunk()).isEqualTo("o\n");
            for (int i = 0; i < 5; i++) {
                assertThat(stream.chunk()).isEqualTo("h\n"); // more than three times the delay
            }
            peer.send("[\"a\"]");
            assertThat(stream.chunk()).isEqualTo("a[\"a\"]\n");
        }
    }

    // ---- CONC

    @Test
    void sj_conc_1_secondReceiverIsRefusedAndTheFirstStays() throws IOException {
        SockJsPeer peer = SockJsPeer.of(services.port, "echo");
        try (HttpPeer first = peer.stream("xhr_streaming")) {
            assertThat(first.chunk()).isEqualTo("o\n");
            try (HttpPeer second = peer.begin("xhr_streaming")) {
                assertThat(second.head().status()).isEqualTo(200);
                assertThat(second.chunk()).isEqualTo("h".repeat(2048) + "\n");
                assertThat(second.chunk()).isEqualTo(OTHER_IS_OPEN);
                assertThat(second.chunk()).isEmpty();
            }
            assertThat(peer.poll()).isEqualTo(OTHER_IS_OPEN);
            peer.send("[\"still\"]");
            assertThat(first.chunk()).isEqualTo("a[\"still\"]\n");
        }
    }

    // ---- ABORT

    @ParameterizedTest
    @ValueSource(strings = {"xhr_streaming", "xhr"})
    void sj_abort_1_brokenReceiverIsTheEnd(String transport) throws IOException {
        SockJsPeer peer = echo();
        HttpPeer receiver = peer.begin(transport);
        await().until(() -> peer.poll().equals(OTHER_IS_OPEN));
        receiver.close();
        await().until(() -> peer.post("xhr_send", "[\"a\"]").status() == 404);
        assertThat(peer.poll()).isEqualTo(INTERRUPTED);
        assertThat(peer.poll()).isEqualTo(INTERRUPTED);
    }

    @Test
    void sj_abort_1_stompReleasesWhatWasNotAcknowledged() throws IOException {
        try (SockJsServices services = SockJsServices.start();
                WebSocketPeer other = new WebSocketPeer(services.port)) {
            SockJsPeer peer = SockJsPeer.of(services.port, "stomp");
            HttpPeer stream = peer.stream("xhr_streaming");
            stream.chunk();
            peer.send("[\"CONNECT\\naccept-version:1.2\\nhost:h\\n\\n\\u0000"
                    + "SUBSCRIBE\\nid:1\\ndestination:/queue/a\\nack:client\\n\\n\\u0000"
                    + "SEND\\ndestination:/queue/a\\n\\nto be kept\\u0000\"]");
            String seen = "";
            while (!seen.contains("to be kept")) {
                seen += stream.chunk();
            }
            other.handshake("").connect();
            other.send("SUBSCRIBE\nid:1\ndestination:/queue/a\n\n^@");
            stream.close();
            assertThat(other.frame()).contains("redelivered:true").endsWith("\n\nto be kept");
        }
    }

    // ---- CLOSE

    @Test
    void sj_close_1_everyRequestGetsTheCloseFrame() throws IOException {
        SockJsPeer polling = SockJsPeer.open(services.port, "close");
        for (int i = 0; i < 3; i++) {
            assertThat(polling.poll()).isEqualTo(GO_AWAY);
        }
        SockJsPeer streaming = SockJsPeer.of(services.port, "close");
        try (HttpPeer first = streaming.stream("xhr_streaming")) {
            assertThat(first.chunk()).isEqualTo("o\n");
            assertThat(first.chunk()).isEqualTo(GO_AWAY);
            try (HttpPeer second = streaming.stream("xhr_streaming")) {
                assertThat(second.chunk()).isEqualTo(GO_AWAY);
                assertThat(second.chunk()).isEmpty();
            }
            assertThat(first.chunk()).isEmpty();
        }
    }

    @Test
    void sj_close_1_untilTheSessionIsForgotten() throws IOException {
        SockJsPeer peer = SockJsPeer.open(hasty.port, "close");
        assertThat(peer.poll()).isEqualTo(GO_AWAY);
        await().until(() -> peer.poll().equals("o\n"));
    }

    @Test
    void sj_close_2_stompClosesWithItsCodes() throws IOException {
        SockJsPeer peer = SockJsPeer.open(services.port, "stomp");
        peer.send("[\"NONSENSE\\n\\n\\u0000\"]");
        assertThat(peer.poll()).startsWith("a[\"ERROR\\n");
        assertThat(peer.poll()).startsWith("c[1002,\"");
        SockJsPeer leaving = SockJsPeer.open(services.port, "stomp");
        leaving.send("[\"CONNECT\\naccept-version:1.2\\nhost:h\\n\\n\\u0000DISCONNECT\\nreceipt:bye\\n\\n\\u0000\"]");
        String seen = "";
        while (!seen.contains("c[")) {
            seen += leaving.poll();
        }
        assertThat(seen).contains("RECEIPT\\nreceipt-id:bye\\n").endsWith("c[1000,\"\"]\n");
    }

    @Test
    void sj_close_3_clientThatJustStopsIsNotWaitedFor() throws IOException {
        Queue<Integer> closed = new ConcurrentLinkedQueue<>();
        try (StompServer server = StompServer.builder()
                .webSocket(0, "/stomp")
                .sockJs("/app", new WebSocketHandler() {
                    @Override
                    public void onClose(WebSocketSession session, int code, String reason) {
                        closed.add(code);
                    }
                })
                .start()) {
            SockJsPeer peer = SockJsPeer.of(server.port("ws"), "app");
            HttpPeer stream = peer.stream("xhr_streaming");
            assertThat(stream.chunk()).isEqualTo("o\n");
            stream.close();
            await().until(() -> closed.contains(1006));
        }
    }

    // ---- ORDER

    @Test
    void sj_order_1_requestsAreHandledInTheirOrder() throws IOException {
        SockJsPeer peer = echo();
        StringBuilder pipelined = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            pipelined.append(new String(
                    HttpPeer.text("POST", peer.session + "/xhr_send", "[\"" + i + "\"]"),
                    java.nio.charset.StandardCharsets.UTF_8));
        }
        try (HttpPeer sender = new HttpPeer(services.port)) {
            sender.write(pipelined.toString());
            for (int i = 0; i < 20; i++) {
                assertThat(sender.response().status()).isEqualTo(204);
            }
        }
        String seen = "";
        while (!seen.contains("\"19\"")) {
            seen += peer.poll();
        }
        StringBuilder numbers = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            numbers.append(i).append(' ');
        }
        assertThat(seen.replaceAll("[^0-9]+", " ").strip())
                .isEqualTo(numbers.toString().strip());
    }
}
