/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.protocol.CodecLimits;
import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.ResourceLock;

/** STOMP.md C2: limits and time. */
@DisplayName("C2 Limits and time")
class C2LimitsAndTimeTest {
    private static final CodecLimits LIMITS = CodecLimits.DEFAULT;

    @Requirement
    void sx_lim_1_256Headers(Scene scene) {
        String head = "SEND⏎destination:{D1}⏎";
        scene.relay(head + "h:v⏎".repeat(255) + "⏎x␀");
        scene.fatal("too-many-headers", head + "h:v⏎".repeat(256) + "⏎x␀");
    }

    @Requirement
    @Tag("SX-LIM-7")
    void sx_lim_2_aHeaderLineOf16KiB(Scene scene) {
        String head = "SEND⏎destination:{D1}⏎";
        assertThat(scene.relay(head + "a:" + "x".repeat(16_382) + "⏎⏎x␀").value("a"))
                .hasSize(16_382);
        scene.fatal("header-line-too-long", head + "a:" + "x".repeat(16_383) + "⏎⏎x␀");
    }

    @Requirement
    @Tag("SX-LIM-7")
    void sx_lim_2_64KiBOfHeaderLines(Scene scene) {
        int destination = "destination:".length() + scene.queue(0).length();
        String lines = "a:" + "x".repeat(16_382) + "⏎";
        String rest = "b:" + "x".repeat(16_384 - destination - 2) + "⏎";
        String full = "SEND⏎destination:{D1}⏎" + lines.repeat(3) + rest;
        scene.relay(full + "⏎x␀");
        scene.fatal("headers-too-large", full + "a:⏎⏎x␀");
    }

    @ResourceLock(Requirement.PROCESSORS)
    @Requirement(versions = "1.2", notForSockJs = "octets that are no text")
    void sx_lim_3_aBodyOf16MiBWithContentLength(Scene scene) {
        byte[] body = new byte[LIMITS.body()];
        new Random(7).nextBytes(body);
        StompPeer watcher = scene.watcher(scene.queue(0));
        StompPeer client = scene.client();
        String head = "SEND\ndestination:" + scene.queue(0);
        client.send(A06BodiesTest.withBody(head, body));
        assertThat(watcher.expect("MESSAGE").body()).isEqualTo(body);
        client.send(head + "\ncontent-length:" + (body.length + 1) + "\n\n").expectError();
        assertThat(Kinds.of(client.sent())).isEqualTo("body-too-large");
    }

    @ResourceLock(Requirement.PROCESSORS)
    @Requirement(versions = "1.2")
    void sx_lim_3_aBodyOf16MiBWithoutContentLength(Scene scene) {
        byte[] head = ("SEND\ndestination:" + scene.queue(0) + "\n\n").getBytes(UTF_8);
        byte[] body = "x".repeat(LIMITS.body()).getBytes(UTF_8);
        StompPeer watcher = scene.watcher(scene.queue(0));
        scene.client().send(AsOne.of(head, body, new byte[1]));
        assertThat(watcher.expect("MESSAGE").body()).hasSize(body.length);
        StompPeer client = scene.client();
        client.trySend(AsOne.of(head, body)).trySend("y".getBytes(UTF_8));
        client.expectError();
        assertThat(Kinds.of(client.sent())).isEqualTo("body-too-large");
    }

    @Requirement
    @Tag("SX-LIM-7")
    void sx_lim_4_32KiBForTheConnectFrame(Scene scene) {
        for (boolean byOctets : new boolean[] {false, true}) {
            String connect = connectOf(scene, 32_768);
            StompPeer peer = scene.fresh();
            (byOctets ? inTwo(peer, connect) : peer.send(connect)).expect("CONNECTED");
            peer = scene.fresh();
            connect = connectOf(scene, 32_769);
            (byOctets ? inTwo(peer, connect) : peer.send(connect)).expectError();
        }
    }

    private static StompPeer inTwo(StompPeer peer, String script) {
        return peer.send(script.substring(0, 20)).send(script.substring(20));
    }

    /** A CONNECT of exactly so many octets, in lines that are not too long. */
    private static String connectOf(Scene scene, int octets) {
        String head = "CONNECT\naccept-version:" + scene.version + "\nhost:" + scene.target.host() + "\n";
        if (!scene.target.login().isEmpty()) {
            head += "login:" + scene.target.login() + "\npasscode:" + scene.target.passcode() + "\n";
        }
        String first = "a:" + "x".repeat(8_000) + "\n" + "b:" + "x".repeat(12_000) + "\n";
        int left = octets - head.length() - first.length() - "c:\n\n\0".length();
        return head + first + "c:" + "x".repeat(left) + "\n\n^@";
    }

    @Requirement(versions = "1.2")
    void sx_lim_5_tenSecondsForConnect_silence(Scene scene) {
        expectLateness(scene.fresh(), System.nanoTime());
    }

    @Requirement(versions = "1.2")
    void sx_lim_5_tenSecondsForConnect_begun(Scene scene) {
        long start = System.nanoTime();
        expectLateness(scene.fresh().send("CONNECT⏎"), start);
    }

    @Requirement(versions = "1.2")
    void sx_lim_5_tenSecondsForConnect_dribbled(Scene scene) {
        long start = System.nanoTime();
        StompPeer peer = scene.fresh();
        String octets = "CONNECT⏎accept-version";
        for (int i = 0; i < octets.length() && !peer.hasEnded(); i++) {
            peer.trySend(octets.substring(i, i + 1).replace('⏎', '\n').getBytes(UTF_8));
            peer.readFor(Duration.ofSeconds(1));
        }
        expectLateness(peer, start);
    }

    private static void expectLateness(StompPeer peer, long start) {
        assertThat(peer.readUntilEnd(Duration.ofSeconds(12))).as("closed").isTrue();
        assertThat(Beats.millis(peer.endNanos() - start)).isBetween(9_900L, 11_000L + Jitter.millis());
        assertThat(peer.pending()).as("frames").hasSize(1);
        assertThat(peer.next().command()).isEqualTo("ERROR");
    }

    @Requirement(versions = "1.2", setup = Setup.IMPATIENT)
    void sx_lim_5_aFrameThatStandsStill(Scene scene) {
        StompPeer peer = scene.client();
        long start = System.nanoTime();
        peer.send("SEND⏎destination:{D1}⏎content-length:10⏎⏎abc");
        assertThat(peer.readUntilEnd(Duration.ofSeconds(8))).as("closed").isTrue();
        assertThat(Beats.millis(peer.endNanos() - start)).isBetween(1_900L, 3_100L + Jitter.millis());
        scene.expectLeft(scene.queue(0));
    }

    @Requirement(versions = "1.2", setup = Setup.IMPATIENT)
    void sx_lim_5_aFrameThatGrowsSlowlyIsFine(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        StompPeer peer = scene.client();
        peer.send("SEND⏎destination:{D1}⏎content-length:5⏎⏎");
        for (int i = 0; i < 5; i++) {
            peer.send("x").readFor(Duration.ofSeconds(1));
        }
        peer.send("␀");
        watcher.expect("MESSAGE⏎⏎xxxxx");
    }

    @Requirement(versions = "1.2")
    void sx_lim_6_subscriptionsOfAConnection(Scene scene) {
        StompPeer client = scene.client();
        StringBuilder subscribes = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            subscribes.append("SUBSCRIBE⏎id:").append(i).append("⏎destination:{T1}⏎⏎␀");
        }
        client.send(subscribes.toString()).sync();
        client.send("SUBSCRIBE⏎id:1000⏎destination:{T1}⏎⏎␀").expectError();
    }

    @Requirement(versions = "1.2")
    void sx_lim_6_openTransactions(Scene scene) {
        StompPeer client = scene.client();
        for (int i = 0; i < 16; i++) {
            client.send("BEGIN⏎transaction:" + i + "⏎⏎␀");
        }
        client.sync();
        client.send("BEGIN⏎transaction:16⏎⏎␀").expectError();
    }

    @Requirement(versions = "1.2")
    void sx_lim_6_framesOfATransaction(Scene scene) {
        StompPeer client = scene.client();
        client.send("BEGIN⏎transaction:t⏎⏎␀" + "SEND⏎destination:{D1}⏎transaction:t⏎⏎x␀".repeat(1_000))
                .sync();
        client.send("SEND⏎destination:{D1}⏎transaction:t⏎⏎x␀").expectError();
        scene.expectLeft(scene.queue(0));
    }

    @ResourceLock(Requirement.PROCESSORS)
    @Requirement(versions = "1.2", transports = Transport.TCP)
    void sx_lim_6_octetsOfTransactions(Scene scene) {
        StompPeer client = scene.client();
        client.send("BEGIN⏎transaction:t⏎⏎␀");
        byte[] send =
                A06BodiesTest.withBody("SEND\ndestination:" + scene.queue(0) + "\ntransaction:t", new byte[8 << 20]);
        for (int i = 0; i < 7; i++) {
            client.send(send);
        }
        client.sync();
        client.trySend(send).expectError();
    }
}
