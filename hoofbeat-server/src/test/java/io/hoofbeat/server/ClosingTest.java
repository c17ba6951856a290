/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.protocol.Headers;
import io.netty.util.internal.PlatformDependent;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How connections end: STOMP.md A17, SX-LING-1, SX-LIM-5, S12-RCPT-6. */
class ClosingTest {
    private StompServer server = StompServer.builder().tcp(0).start();

    @AfterEach
    void stop() {
        server.close();
    }

    private void restart(BrokerOptions options, Transport transport) {
        server.close();
        server = StompServer.builder()
                .broker(options)
                .transport(transport)
                .tcp(0)
                .start();
    }

    private RawPeer peer() throws Exception {
        return new RawPeer(server.port("tcp"));
    }

    private RawPeer watcher(String destination) throws Exception {
        RawPeer watcher = peer();
        watcher.connect();
        watcher.write("SUBSCRIBE\nid:1\nreceipt:r\ndestination:" + destination + "\n\n^@");
        assertThat(watcher.frame()).startsWith("RECEIPT\n");
        return watcher;
    }

    @Test
    void sx_ling_1_errorIsReadByAClientThatWritesOn() throws Exception {
        try (RawPeer peer = peer()) {
            peer.connect();
            peer.write("NONSENSE\n\n^@");
            byte[] more = new byte[64 * 1024];
            for (int i = 0; i < 160; i++) { // 10 MiB
                peer.write(more);
            }
            assertThat(peer.frame()).startsWith("ERROR\n").contains("NONSENSE");
            peer.socket.shutdownOutput();
            assertThat(peer.rest()).isEmpty();
        }
    }

    @Test
    void s11_ling_1_clientThatNeverClosesIsGoneAfterThreeSeconds() throws Exception {
        try (RawPeer peer = peer()) {
            peer.connect();
            long start = System.nanoTime();
            peer.write("DISCONNECT\n\n^@");
            assertThat(peer.rest()).isEmpty(); // our direction is shut
            await().atMost(3, TimeUnit.SECONDS).until(() -> {
                try {
                    peer.write("\n");
                    return false;
                } catch (java.net.SocketException e) {
                    return true;
                }
            });
            assertThat(System.nanoTime() - start).isLessThan(3_000_000_000L);
        }
    }

    @Test
    void s10_disc_1_endWithoutAWord() throws Exception {
        try (RawPeer peer = peer()) {
            peer.connect();
            peer.write("DISCONNECT\n\n^@");
            assertThat(peer.rest()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void s12_rcpt_6_framesBeforeAHalfCloseAreProcessedAndAnswered(Transport transport) throws Exception {
        restart(BrokerOptions.builder().build(), transport);
        try (RawPeer peer = peer()) {
            peer.connect();
            StringBuilder frames = new StringBuilder();
            for (int i = 0; i < 1_000; i++) {
                frames.append("SEND\ndestination:/queue/half\nreceipt:")
                        .append(i)
                        .append("\n\nm")
                        .append(i)
                        .append("^@");
            }
            peer.write(frames.toString());
            peer.socket.shutdownOutput();
            for (int i = 0; i < 1_000; i++) {
                assertThat(peer.frame()).isEqualTo("RECEIPT\nreceipt-id:" + i + "\n\n");
            }
            assertThat(peer.rest()).isEmpty();
        }
        assertAll("/queue/half");
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void s12_rcpt_6_framesBeforeACloseAreProcessed(Transport transport) throws Exception {
        restart(BrokerOptions.builder().build(), transport);
        try (RawPeer peer = peer()) {
            peer.connect();
            StringBuilder frames = new StringBuilder();
            for (int i = 0; i < 1_000; i++) {
                frames.append("SEND\ndestination:/queue/closed\n\nm").append(i).append("^@");
            }
            peer.write(frames.toString());
        }
        assertAll("/queue/closed");
    }

    /** The server has to write to a socket that is gone, and still reads what was sent before. */
    @Test
    void s12_rcpt_6_framesBeforeAResetAreProcessed() throws Exception {
        CompletableFuture<io.hoofbeat.broker.Identity> login = new CompletableFuture<>();
        restart(
                BrokerOptions.builder()
                        .authenticator(who -> "slow".equals(who.login())
                                ? login
                                : CompletableFuture.completedFuture(io.hoofbeat.broker.Identity.ANONYMOUS))
                        .build(),
                Transport.AUTO);
        try (RawPeer peer = peer()) {
            StringBuilder frames = new StringBuilder("CONNECT\naccept-version:1.2\nlogin:slow\n\n^@");
            for (int i = 0; i < 1_000; i++) {
                frames.append("SEND\ndestination:/queue/reset\n\nm").append(i).append("^@");
            }
            peer.write(frames.toString());
        }
        try (RawPeer other = peer()) { // the close has arrived by the time this one has its answer
            other.connect();
        }
        login.complete(io.hoofbeat.broker.Identity.ANONYMOUS);
        assertAll("/queue/reset");
    }

    private void assertAll(String queue) throws Exception {
        try (RawPeer reader = watcher(queue)) {
            for (int i = 0; i < 1_000; i++) {
                assertThat(reader.frame()).endsWith("\n\nm" + i);
            }
        }
    }

    @Test
    void s12_disc_4_receiptIsThereForAClientThatReadsLate() throws Exception {
        try (RawPeer late = peer();
                RawPeer other = peer()) {
            late.connect();
            late.write("DISCONNECT\nreceipt:last\n\n^@" + "garbage behind it".repeat(1_000));
            other.connect(); // some time
            other.write("SUBSCRIBE\nid:1\nreceipt:r\ndestination:/topic/a\n\n^@");
            assertThat(other.frame()).startsWith("RECEIPT\n");
            assertThat(late.frame()).startsWith("RECEIPT\nreceipt-id:last\n");
            late.socket.shutdownOutput();
            assertThat(late.rest()).isEmpty();
        }
    }

    /** An ERROR that the client does not take is given up after two seconds. */
    @Test
    @Tag("SX-LING-1")
    @Tag("WS-CLOSE-5")
    void unwritablePeerIsGivenUp() throws Exception {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4 * 1024);
        socket.connect(new InetSocketAddress("127.0.0.1", server.port("tcp")));
        try (RawPeer deaf = new RawPeer(socket)) {
            deaf.connect();
            deaf.write("SUBSCRIBE\nid:1\nreceipt:r\nack:client\ndestination:/queue/deaf\n\n^@");
            assertThat(deaf.frame()).startsWith("RECEIPT\n");
            byte[] body = new byte[1024 * 1024];
            for (int i = 0; i < 20; i++) {
                server.broker().publish("/queue/deaf", Headers.EMPTY, body);
            }
            try (RawPeer watcher = watcher("/queue/deaf")) {
                long start = System.nanoTime();
                deaf.write("NONSENSE\n\n^@");
                assertThat(watcher.frame()).startsWith("MESSAGE\n");
                deaf.socket.setSoTimeout(5_000);
                await().atMost(6, TimeUnit.SECONDS).until(() -> {
                    try {
                        deaf.write("\n");
                        return false;
                    } catch (java.net.SocketException e) {
                        return true;
                    }
                });
                assertThat(System.nanoTime() - start).isBetween(1_500_000_000L, 5_000_000_000L);
            }
        }
    }

    /** What a slow client costs is bounded, however large the message; and no heart-beat gets into it. */
    @Test
    @Tag("SX-HB-6")
    @Tag("WS-SIZE-3")
    void largeMessageIsNotCopiedAheadOfASlowClient() throws Exception {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4 * 1024);
        socket.connect(new InetSocketAddress("127.0.0.1", server.port("tcp")));
        try (RawPeer slow = new RawPeer(socket)) {
            long before = PlatformDependent.usedDirectMemory();
            slow.write("CONNECT\naccept-version:1.2\nheart-beat:0,200\n\n^@");
            assertThat(slow.frame()).startsWith("CONNECTED\n");
            slow.write("SUBSCRIBE\nid:1\nreceipt:r\ndestination:/queue/slow\n\n^@");
            assertThat(slow.frame()).startsWith("RECEIPT\n");
            String body = "x".repeat(8 * 1024 * 1024);
            server.broker().publish("/queue/slow", body);
            assertThat(slow.readUpTo('\n')).isEqualTo("MESSAGE");
            assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(2L << 20);
            String frame = slow.frame();
            assertThat(frame.indexOf("\n\n") + 2 + body.length()).isEqualTo(frame.length());
            assertThat(frame.endsWith(body)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "CONNECT\n", "CONNECT\naccept-version:1.2\n\n"})
    void sx_lim_5_connectHasToBeCompleteInTime(String begun) throws Exception {
        restart(BrokerOptions.builder().connectTimeout(Duration.ofMillis(500)).build(), Transport.AUTO);
        try (RawPeer peer = peer()) {
            long start = System.nanoTime();
            peer.write(begun);
            assertThat(peer.frame()).startsWith("ERROR\n");
            assertThat(peer.rest()).isEmpty();
            assertThat(System.nanoTime() - start).isBetween(450_000_000L, 1_500_000_000L);
        }
    }

    @Test
    void sx_lim_5_tenSeconds() throws Exception {
        try (RawPeer silent = peer();
                RawPeer dribbling = peer()) {
            long start = System.nanoTime();
            silent.socket.setSoTimeout(12_000);
            dribbling.socket.setSoTimeout(1_000);
            byte[] connect = RawPeer.octets("CONNECT\nx:yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy");
            int sent = 0;
            int first = -1;
            while (first < 0 && sent < 15) {
                dribbling.write(connect[sent++]);
                try {
                    first = dribbling.read();
                } catch (java.net.SocketTimeoutException e) {
                    // One octet a second.
                }
            }
            assertThat(first).isEqualTo('E');
            assertThat(System.nanoTime() - start).isBetween(10_000_000_000L, 11_000_000_000L);
            assertThat(silent.frame()).startsWith("ERROR\n");
            assertThat(System.nanoTime() - start).isBetween(10_000_000_000L, 11_000_000_000L);
        }
    }

    @Test
    void sx_err_3_serverSaysGoodbye() throws Exception {
        try (RawPeer connected = peer();
                RawPeer stranger = peer()) {
            connected.connect();
            CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
            assertThat(connected.frame()).startsWith("ERROR\nmessage:the server is shutting down\n");
            assertThat(connected.rest()).isEmpty();
            assertThat(stranger.frame()).startsWith("ERROR\nmessage:the server is shutting down\n");
            connected.socket.shutdownOutput();
            stranger.socket.shutdownOutput();
            closed.get(3, TimeUnit.SECONDS);
        }
    }
}
