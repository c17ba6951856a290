/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.broker.Delivery;
import io.hoofbeat.broker.Message;
import io.hoofbeat.broker.Subscription;
import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Headers;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Application code between clients and the broker. */
class StompGateTest {
    private static final String CONNECT = "CONNECT\naccept-version:1.2\nhost:localhost\n\n\0";

    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private final Gate gate = new Gate();
    private @Nullable StompServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private int start(SockJs sockJs) {
        server = StompServer.builder()
                .eventLoops(1)
                .stomp("/gate", sockJs, gate)
                .webSocket(0, "/stomp")
                .start();
        return server.port("ws");
    }

    private int start() {
        return start(SockJs.OFF);
    }

    /** Takes what is to be taken, and does what it is told. */
    private final class Gate implements StompGate, StompGate.Guard {
        private final ArrayDeque<String> unsent = new ArrayDeque<>();
        private volatile @Nullable StompLine line;
        private volatile boolean takesSends;
        private volatile boolean takesMessages;
        private volatile boolean isShut;

        @Override
        public void onHandshake(Handshake handshake) {
            handshake.answer("X-Gate", "open");
            if (handshake.query().equals("refuse")) {
                handshake.refuse(402);
            }
        }

        @Override
        public String transport(String carrier) {
            return "gate-" + carrier;
        }

        @Override
        public Guard onOpen(StompLine opened) {
            line = opened;
            seen.add("open " + opened.session().connection().transport() + " "
                    + opened.handshake().subprotocol().orElse("none"));
            return this;
        }

        StompLine line() {
            await().until(() -> line != null);
            return Objects.requireNonNull(line);
        }

        @Override
        public boolean enters(Frame frame) {
            seen.add("in " + frame.command());
            return !(takesSends && frame.command() == Command.SEND);
        }

        @Override
        public boolean leaves(Frame frame) {
            seen.add("out " + frame.command());
            return true;
        }

        @Override
        public boolean leaves(Subscription subscription, Message message, @Nullable Delivery delivery) {
            if (takesMessages) {
                unsent.add(new String(message.body(), UTF_8) + ", as the gate has it");
            }
            return !takesMessages;
        }

        @Override
        public void drain() {
            for (String text = unsent.poll(); text != null; text = unsent.poll()) {
                line().write(new Frame(Command.MESSAGE, Headers.of("text", text), new byte[0]), false);
            }
        }

        @Override
        public boolean hasRoom() {
            return !isShut;
        }

        @Override
        public boolean isIdle() {
            return true;
        }

        @Override
        public void onClose(int code, String reason) {
            seen.add("close " + code + " " + reason);
        }
    }

    private void awaitSeen(String... lines) {
        await().untilAsserted(() -> assertThat(seen).containsExactly(lines));
    }

    @Test
    void nothingIsTakenFromAClientBeforeTheGateGoesOn() throws IOException {
        int port = start();
        try (WebSocketPeer peer = WebSocketPeer.open(port, "/gate")) {
            peer.send(CONNECT);
            awaitSeen("open gate-ws none");
            gate.line().proceed();
            assertThat(peer.receive().text()).startsWith("CONNECTED");
        }
        awaitSeen("open gate-ws none", "in CONNECT", "out CONNECTED", "close 1006 ");
    }

    @Test
    void frameThatWasTakenHoldsUpTheOthersAndCanBeHandedIn() throws IOException {
        int port = start();
        try (WebSocketPeer peer = WebSocketPeer.open(port, "/gate")) {
            gate.line().proceed();
            peer.send(CONNECT);
            assertThat(peer.receive().text()).startsWith("CONNECTED");
            peer.send("SUBSCRIBE\nid:1\ndestination:/topic/a\nreceipt:s\n\n\0");
            assertThat(peer.receive().text()).contains("receipt-id:s");
            gate.takesSends = true;
            peer.send("SEND\ndestination:/topic/a\n\nlost\0SEND\ndestination:/topic/a\n\ntoo late\0");
            await().until(() -> seen.contains("in SEND"));
            assertThat(seen).filteredOn("in SEND"::equals).hasSize(1);
            gate.takesSends = false;
            gate.line().receive(new Frame(Command.SEND, Headers.of("destination", "/topic/a"), new byte[] {'x'}));
            gate.line().proceed();
            assertThat(peer.receive().text()).endsWith("\n\nx\0");
            assertThat(peer.receive().text()).endsWith("\n\ntoo late\0");
        }
    }

    @Test
    void messagesCanBeReplacedAndWritingHeldUp() throws IOException {
        int port = start();
        try (WebSocketPeer peer = WebSocketPeer.open(port, "/gate")) {
            gate.line().proceed();
            peer.send(CONNECT);
            assertThat(peer.receive().text()).startsWith("CONNECTED");
            gate.takesMessages = true;
            gate.isShut = true;
            peer.send("SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0SEND\ndestination:/topic/a\n\none\0");
            await().until(() -> seen.contains("in SEND"));
            gate.isShut = false;
            gate.line().wake();
            assertThat(peer.receive().text()).contains("text:one, as the gate has it");
        }
    }

    @Test
    void gateClosesWithItsOwnCodeAndIsToldOnce() throws IOException {
        int port = start();
        try (WebSocketPeer peer = WebSocketPeer.open(port, "/gate")) {
            gate.line().close(4321, "é".repeat(100));
            WebSocketPeer.Incoming close = peer.receive();
            assertThat(close.closeCode()).isEqualTo(4321);
            peer.send(WebSocketPeer.FINAL | WebSocketPeer.CLOSE, WebSocketPeer.close(4321, ""));
        }
        awaitSeen("open gate-ws none", "close 4321 " + "é".repeat(61));
        assertThatThrownBy(() -> gate.line().close(1006, "")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sessionThatTheBrokerEndsIsToldWithTheCodeForThat() throws IOException {
        int port = start();
        try (WebSocketPeer peer = WebSocketPeer.open(port, "/gate")) {
            gate.line().proceed();
            peer.send("SEND\ndestination:/topic/a\n\n\0");
            assertThat(peer.receive().text()).startsWith("ERROR");
            assertThat(peer.receive().closeCode()).isEqualTo(1002);
        }
        awaitSeen("open gate-ws none", "out ERROR", "close 1002 "); // the decoder expects CONNECT
    }

    @Test
    void whoIsRefusedGetsTheStatusAndTheFieldsOfTheGate() throws IOException {
        int port = start(SockJs.builder().build());
        HttpPeer.Response refused = HttpPeer.post(port, "/gate/000/s1/xhr?refuse", "");
        assertThat(refused.status()).isEqualTo(402);
        assertThat(refused.header("x-gate")).isEqualTo("open");
        HttpPeer.Response letIn = HttpPeer.post(port, "/gate/000/s2/xhr", "");
        assertThat(letIn.status()).isEqualTo(200);
        assertThat(letIn.header("x-gate")).isEqualTo("open");
        awaitSeen("open gate-sockjs none");
    }

    @Test
    void nothingIsServedPastTheGate() throws IOException {
        int port = start();
        assertThat(HttpPeer.get(port, "/stomp").status()).isEqualTo(404);
        assertThatThrownBy(() -> StompServer.builder()
                        .stomp("/gate", SockJs.OFF, gate)
                        .tcp(0)
                        .start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("gate");
    }
}
