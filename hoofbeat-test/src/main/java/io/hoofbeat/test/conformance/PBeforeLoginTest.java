/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.StompPeer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What strangers try: before and around login. The numbers are those of the list of faults and floods. */
@DisplayName("P Before login")
class PBeforeLoginTest {
    private static final String CONNECT = "CONNECT⏎accept-version:{version}⏎host:{host}⏎{credentials}⏎␀";

    @Requirement(versions = "1.2")
    void p1_anyFrameBeforeConnectIsRefusedAndNothingIsRouted(Scene scene) {
        for (String script : List.of(
                "SEND⏎destination:{D1}⏎⏎x␀",
                "SUBSCRIBE⏎id:1⏎destination:{D1}⏎⏎␀",
                "BEGIN⏎transaction:t⏎⏎␀",
                "ACK⏎id:1⏎⏎␀",
                "DISCONNECT⏎⏎␀")) {
            scene.fatal("expected-connect", scene.fresh(), script);
        }
        scene.expectLeft(scene.queue(0));
    }

    @Requirement(versions = "1.2", setup = Setup.LOGIN)
    void p2_identityNeverChanges(Scene scene) {
        scene.refused(scene.client(), CONNECT);
        StompPeer failed = scene.fresh();
        failed.send("CONNECT⏎accept-version:1.2⏎host:h⏎login:u⏎passcode:wrong⏎⏎␀" + CONNECT)
                .expectError();
        StompPeer gone = scene.client();
        gone.send("DISCONNECT⏎receipt:r⏎⏎␀" + CONNECT + "SEND⏎destination:{D1}⏎⏎x␀")
                .expect("RECEIPT");
        gone.expectClosed();
        scene.expectLeft(scene.queue(0));
    }

    @Requirement(versions = "1.2", notForSockJs = "a request that is too large is refused as one")
    void p3_aLargeFrameBeforeConnected(Scene scene) {
        String line = "a:" + "x".repeat(8_000) + "\n";
        byte[] large = ("CONNECT\naccept-version:1.2\n" + line.repeat(9)).getBytes(UTF_8);
        scene.fresh().trySend(large).expectError();
        StompPeer dribbled = scene.fresh();
        int sent = 0;
        while (sent < large.length && !dribbled.hasEnded()) {
            dribbled.trySend(java.util.Arrays.copyOfRange(large, sent, sent += 1_000));
            dribbled.readFor(Duration.ofMillis(2));
        }
        assertThat(sent).isLessThan(64 << 10);
        dribbled.expectError();
    }

    @Requirement(versions = "1.2")
    void p4_hugeContentLengthsAreRefusedFromTheHeadAlone(Scene scene) {
        for (String length : List.of("2147483647", "9223372036854775807", "99999999999999999999")) {
            scene.refused(scene.fresh(), "CONNECT⏎accept-version:1.2⏎content-length:" + length + "⏎⏎");
            scene.fatal("body-too-large", "SEND⏎destination:{D1}⏎content-length:" + length + "⏎⏎");
        }
    }

    @Requirement
    void p5_oddContentLengths(Scene scene) {
        for (String length : List.of("-1", "+5", "0x10", "5,5", "")) {
            scene.fatal("bad-content-length", "SEND⏎destination:{D1}⏎content-length:" + length + "⏎⏎hello␀");
        }
        scene.fatal("missing-nul", "SEND⏎destination:{D1}⏎content-length:5⏎⏎hello!␀");
        StompPeer watcher = scene.watcher(scene.queue(0));
        StompPeer client = scene.client();
        for (String length : List.of(" 5", "5 ", "5⏎content-length:9")) {
            client.send("SEND⏎destination:{D1}⏎content-length:" + length + "⏎⏎hello␀");
            watcher.expect("MESSAGE⏎⏎hello");
        }
    }

    @Requirement
    void p6_framingIsExact(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        scene.client()
                .send("SEND⏎destination:{D1}⏎content-length:3⏎⏎a␀b␀SEND⏎destination:{D1}⏎⏎c␀"
                        + "SEND⏎destination:{D1}⏎content-length:0⏎⏎␀SEND⏎destination:{D1}⏎⏎d␀");
        assertThat(watcher.expect("MESSAGE").text()).isEqualTo("a\0b");
        Scene.receive(watcher, "c", "", "d");
        scene.fatal("missing-nul", "SEND⏎destination:{D1}⏎content-length:1⏎⏎ab␀");
    }

    @Requirement(versions = "1.2")
    void p7_aHeaderLineWithoutEnd(Scene scene) {
        StompPeer client = scene.client();
        client.send("SEND⏎destination:{D1}⏎a:");
        byte[] piece = "x".repeat(1_024).getBytes(UTF_8);
        int pieces = 0;
        while (pieces < 64 && !client.hasEnded()) {
            client.trySend(piece);
            client.readFor(Duration.ofMillis(5));
            pieces++;
        }
        assertThat(pieces).isLessThan(40);
        client.expectError();
    }

    @ResourceLock(Requirement.PROCESSORS)
    @Requirement(versions = "1.2")
    void p8_tooManyHeaders(Scene scene) {
        byte[] head = ("SEND\ndestination:" + scene.queue(0) + "\n").getBytes(UTF_8);
        for (String lines : List.of(
                "a:1\n".repeat(1_000_000), "foo:bar\n".repeat(1_000), ("b:" + "x".repeat(8_190) + "\n").repeat(500))) {
            StompPeer client = scene.client();
            client.trySend(head);
            byte[] octets = lines.getBytes(UTF_8);
            for (int sent = 0; sent < octets.length && !client.hasEnded(); sent += 1 << 16) {
                client.trySend(java.util.Arrays.copyOfRange(octets, sent, Math.min(octets.length, sent + (1 << 16))));
                client.readFor(Duration.ofMillis(1));
            }
            client.expectError();
        }
    }

    @ResourceLock(Requirement.PROCESSORS)
    @Requirement(versions = "1.2", transports = Transport.TCP, setup = Setup.ALONE, inside = true)
    void p10_slowlorisIsOverAtTheDeadline(Scene scene) {
        List<Socket> sockets = open(scene, 2_000);
        byte[] octets = "CONNECT\naccept-version:1.0,1.1,1.2\n".getBytes(UTF_8);
        long end = System.nanoTime() + Duration.ofSeconds(9).toNanos();
        for (int i = 0; i < octets.length && System.nanoTime() < end; i++) {
            for (Socket socket : sockets) {
                write(socket, octets[i]);
            }
            Sockets.pass(Duration.ofSeconds(1));
        }
        leave(scene.client()); // others are served meanwhile
        Sockets.awaitAllReleased(sockets.get(0).getPort(), Duration.ofSeconds(10));
        sockets.forEach(PBeforeLoginTest::close);
    }

    @ResourceLock(Requirement.PROCESSORS)
    @Requirement(versions = "1.2", transports = Transport.TCP, setup = Setup.ALONE, inside = true)
    void p11_silentConnectionsAreOverAtTheDeadline(Scene scene) {
        List<Socket> sockets = open(scene, 3_000);
        leave(scene.client());
        Sockets.awaitAllReleased(sockets.get(0).getPort(), Duration.ofSeconds(15));
        sockets.forEach(PBeforeLoginTest::close);
    }

    private static void leave(StompPeer peer) {
        peer.sync().send("DISCONNECT⏎⏎␀").expectClosed();
        peer.close();
    }

    private static List<Socket> open(Scene scene, int count) {
        java.net.URI uri = java.net.URI.create(scene.target.uri(Transport.TCP));
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new Socket("127.0.0.1", uri.getPort()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sockets;
    }

    private static void write(Socket socket, byte octet) {
        try {
            socket.getOutputStream().write(octet);
        } catch (IOException e) {
            close(socket); // the server is free to have closed it
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Requirement
    void p12_cutsMeanNothing(Scene scene) {
        String eol = scene.isVersion("1.2") ? "␍⏎" : "⏎";
        StringBuilder session = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            session.append("SEND")
                    .append(i % 3 == 0 ? eol : "⏎")
                    .append("destination:{D1}")
                    .append(i % 3 == 0 ? eol : "⏎")
                    .append(i % 2 == 0 ? "content-length:4⏎" : "")
                    .append("⏎")
                    .append(1_000 + i)
                    .append('␀')
                    .append("⏎".repeat(i % 4));
        }
        StompPeer watcher = scene.watcher(scene.queue(0));
        byte[] octets = session.toString()
                .replace("{D1}", scene.queue(0))
                .replace('⏎', '\n')
                .replace('␍', '\r')
                .replace('␀', '\0')
                .getBytes(UTF_8);
        Random random = new Random(12);
        StompPeer client = scene.client();
        for (int at = 0; at < octets.length; ) {
            int next = Math.min(octets.length, at + 1 + random.nextInt(90));
            client.send(java.util.Arrays.copyOfRange(octets, at, next));
            at = next;
        }
        for (int i = 0; i < 300; i++) {
            watcher.expect("MESSAGE⏎⏎" + (1_000 + i));
        }
    }

    @Requirement
    void p14_undefinedEscapes(Scene scene) {
        for (String value : List.of("\\t", "\\x", "end\\", "\\r", "\\c")) {
            boolean fine =
                    scene.isVersion("1.0") || value.equals("\\c") || (value.equals("\\r") && scene.isVersion("1.2"));
            String script = "SEND⏎destination:{T1}⏎foo:" + value + "⏎⏎x␀";
            if (fine) {
                scene.client().send(script).sync();
            } else {
                scene.fatal("bad-escape", script);
            }
        }
    }

    @ResourceLock(Requirement.PROCESSORS)
    @Requirement(versions = "1.2", transports = Transport.TCP, setup = Setup.LOGIN, inside = true)
    void p16_wrongPasswordsDoNotHinderOthers(Scene scene) {
        List<CompletableFuture<Void>> attackers = new ArrayList<>();
        for (int a = 0; a < 4; a++) {
            attackers.add(Aside.run(() -> {
                for (int i = 0; i < 2_500; i++) {
                    try (StompPeer attacker = scene.builder().connect()) {
                        attacker.send("CONNECT⏎accept-version:1.2⏎host:h⏎login:u⏎passcode:guess" + i + "⏎⏎␀")
                                .expectError();
                    }
                }
            }));
        }
        while (!attackers.stream().allMatch(CompletableFuture::isDone)) {
            long start = System.nanoTime();
            StompPeer canary = scene.client();
            assertThat(Beats.millis(System.nanoTime() - start)).isLessThan(2_000 + Jitter.millis());
            canary.close();
            Sockets.pass(Duration.ofMillis(200));
        }
        attackers.forEach(CompletableFuture::join);
    }
}
