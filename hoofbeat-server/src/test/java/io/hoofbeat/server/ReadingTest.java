/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static io.hoofbeat.server.WebSocketPeer.FINAL;
import static io.hoofbeat.server.WebSocketPeer.PING;
import static io.hoofbeat.server.WebSocketPeer.PONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.broker.BrokerListener;
import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.broker.DestinationPolicy;
import io.hoofbeat.broker.DestinationPolicy.Kind;
import io.hoofbeat.broker.Identity;
import io.netty.util.internal.PlatformDependent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read when the session does not want any, and how much. */
class ReadingTest {
    private final CompletableFuture<Identity> login = new CompletableFuture<>();

    private StompServer server = start(Transport.AUTO);

    private StompServer start(Transport transport) {
        return StompServer.builder()
                .broker(BrokerOptions.builder()
                        .policy(DestinationPolicy.builder("/queue/full", Kind.QUEUE)
                                .maxMessages(2)
                                .whenFull(DestinationPolicy.WhenFull.HOLD)
                                .build())
                        .authenticator(who -> "slow".equals(who.login())
                                ? login
                                : CompletableFuture.completedFuture(Identity.ANONYMOUS))
                        .build())
                .transport(transport)
                .eventLoops(1)
                .tcp(0)
                .webSocket(0, "/stomp")
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private RawPeer peer() throws Exception {
        return new RawPeer(server.port("tcp"));
    }

    private static String send(String body) {
        return "SEND\ndestination:/queue/full\n\n" + body + "^@";
    }

    @Test
    void ws_ctl_1_pingIsAnsweredWhileThePublisherIsHeld() throws Exception {
        try (WebSocketPeer publisher = WebSocketPeer.open(server.port("ws"));
                RawPeer consumer = peer()) {
            publisher.connect();
            for (int i = 0; i < 10; i++) {
                publisher.send(send("m" + i));
            }
            publisher.send(FINAL | PING, new byte[] {'!'});
            assertThat(publisher.receive().first()).isEqualTo(FINAL | PONG);
            // The same once more, now that it is known to be held.
            publisher.send(send("m10")).send(FINAL | PING, new byte[] {'?'});
            assertThat(publisher.receive().first()).isEqualTo(FINAL | PONG);
            consumer.connect();
            consumer.write("SUBSCRIBE\nid:1\ndestination:/queue/full\n\n^@");
            for (int i = 0; i <= 10; i++) {
                assertThat(consumer.frame()).endsWith("\n\nm" + i);
            }
        }
    }

    /** 64 MiB are written against a server that takes none of them just now; they do not pile up in it. */
    @ParameterizedTest
    @EnumSource(Transport.class)
    @Tag("SX-HB-5")
    void heldPublisherIsNotReadFrom(Transport transport) throws Exception {
        server.close();
        server = start(transport);
        String body = "x".repeat(1024 * 1024);
        try (RawPeer publisher = peer();
                RawPeer consumer = peer()) {
            publisher.connect();
            consumer.connect();
            long before = PlatformDependent.usedDirectMemory();
            CompletableFuture<Void> written = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < 64; i++) {
                        publisher.write(send(i + body));
                    }
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            assertThat(written).failsWithin(500, TimeUnit.MILLISECONDS);
            assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(8L << 20);
            consumer.write("SUBSCRIBE\nid:1\ndestination:/queue/full\n\n^@");
            for (int i = 0; i < 64; i++) {
                String frame = consumer.frame();
                assertThat(frame.substring(frame.indexOf("\n\n") + 2).equals(i + body))
                        .isTrue();
            }
            written.get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void sx_conn_3_framesBehindConnectWaitForTheLogin() throws Exception {
        try (RawPeer peer = peer();
                WebSocketPeer ws = WebSocketPeer.open(server.port("ws"))) {
            String frames = "CONNECT\naccept-version:1.2\nlogin:slow\n\n^@"
                    + "SUBSCRIBE\r\nid:1\r\nreceipt:a\\rb\r\ndestination:/topic/a\r\n\r\n^@";
            peer.write(frames);
            ws.send(frames);
            try (RawPeer other = peer()) {
                assertThat(other.connect()).startsWith("CONNECTED\n"); // others are not waiting
            }
            login.complete(new Identity("ada", java.util.Set.of()));
            assertThat(peer.frame()).startsWith("CONNECTED\n");
            assertThat(peer.frame()).isEqualTo("RECEIPT\nreceipt-id:a\\rb\n\n");
            assertThat(ws.frame()).startsWith("CONNECTED\n");
            assertThat(ws.frame()).isEqualTo("RECEIPT\nreceipt-id:a\\rb\n\n");
        }
    }

    /** Line ends before CONNECT are allowed, but not without end. */
    @ParameterizedTest
    @ValueSource(ints = {60_000, 100_000})
    @Tag("SX-LIM-4")
    void lineEndsBeforeConnect(int lineEnds) throws Exception {
        try (RawPeer peer = peer()) {
            peer.write("\n".repeat(lineEnds));
            if (lineEnds < 64 * 1024) {
                assertThat(peer.connect()).startsWith("CONNECTED\n");
            } else {
                assertThat(peer.frame()).startsWith("ERROR\n");
                peer.socket.shutdownOutput();
                assertThat(peer.rest()).isEmpty();
            }
        }
    }

    /** A thread of the application that publishes without end does not keep an event loop from reading. */
    @Test
    void busyApplicationLeavesTimeForOthers() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        try (RawPeer subscriber = peer();
                RawPeer other = peer()) {
            subscriber.connect();
            other.connect();
            subscriber.write("SUBSCRIBE\nid:1\nreceipt:r\ndestination:/topic/busy\n\n^@");
            assertThat(subscriber.frame()).startsWith("RECEIPT\n");
            CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> {
                try {
                    while (subscriber.read() >= 0) {
                        // As fast as it comes.
                    }
                } catch (java.io.IOException e) {
                    // The end of the test.
                }
            });
            Thread publisher = new Thread(() -> {
                while (!stop.get()) {
                    server.broker().publish("/topic/busy", "x");
                }
            });
            publisher.start();
            for (int i = 0; i < 20; i++) {
                other.write("SUBSCRIBE\nid:" + i + "\nreceipt:" + i + "\ndestination:/topic/other\n\n^@");
                assertThat(other.frame()).isEqualTo("RECEIPT\nreceipt-id:" + i + "\n\n");
            }
            stop.set(true);
            publisher.join();
            subscriber.socket.close();
            reader.get(5, TimeUnit.SECONDS);
        }
    }

    /** Tiny frames, each of which is looked at for a thousand subscribers, do not keep the loop from reading either. */
    @Test
    void tinyFramesForManyLeaveTimeForOthers() throws Exception {
        server.close();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        server = StompServer.builder()
                .broker(BrokerOptions.builder()
                        .listener(new BrokerListener() {
                            @Override
                            public void destinationCreated(String destination) {
                                if (destination.equals("/topic/gate")) {
                                    entered.countDown();
                                    try {
                                        gate.await();
                                    } catch (InterruptedException e) {
                                        throw new AssertionError(e);
                                    }
                                }
                            }
                        })
                        .build())
                .eventLoops(1)
                .tcp(0)
                .start();
        try (RawPeer crowd = peer();
                RawPeer publisher = peer();
                RawPeer other = peer();
                RawPeer observer = peer()) {
            crowd.connect();
            for (int i = 0; i < 1_000; i++) {
                crowd.write("SUBSCRIBE\nid:" + i + "\ndestination:/topic/many\nselector:a = 1\n\n^@");
            }
            crowd.write("SEND\ndestination:/topic/x\nreceipt:r\n\n^@");
            assertThat(crowd.frame()).startsWith("RECEIPT\n");
            observer.connect();
            observer.write("SUBSCRIBE\nid:1\ndestination:/topic/last\n\n^@");
            observer.write("SUBSCRIBE\nid:2\ndestination:/topic/other\nreceipt:r\n\n^@");
            assertThat(observer.frame()).startsWith("RECEIPT\n");
            publisher.connect();
            other.connect();
            // By its heart-beats the server learns that much comes from it, and reads the rest in one go.
            publisher.write("\n".repeat(1 << 20) + "SEND\ndestination:/topic/x\nreceipt:r\n\n^@");
            assertThat(publisher.frame()).startsWith("RECEIPT\n");
            publisher.write("SEND\ndestination:/topic/gate\n\n^@");
            entered.await();
            publisher.write(
                    "SEND\ndestination:/topic/many\n\n^@".repeat(1_500) + "SEND\ndestination:/topic/last\n\n^@");
            other.write("SEND\ndestination:/topic/other\n\n^@");
            gate.countDown();
            assertThat(observer.frame()).contains("destination:/topic/other\n");
            assertThat(observer.frame()).contains("destination:/topic/last\n");
        }
    }
}
