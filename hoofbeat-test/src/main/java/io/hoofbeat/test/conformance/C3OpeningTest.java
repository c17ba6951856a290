/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;

/** STOMP.md C3: opening. */
@DisplayName("C3 Opening")
class C3OpeningTest {
    private static final String CONNECT = "CONNECT⏎accept-version:{version}⏎host:{host}⏎{credentials}";

    @Requirement(versions = "1.2")
    void sx_conn_1_otherFramesBeforeConnect(Scene scene) {
        for (String script :
                List.of("SEND⏎destination:{D1}⏎⏎x␀", "SUBSCRIBE⏎id:1⏎destination:{D1}⏎⏎␀", "BEGIN⏎transaction:t⏎⏎␀")) {
            scene.fatal("expected-connect", scene.fresh(), script);
        }
        scene.expectLeft(scene.queue(0));
    }

    @Requirement
    void sx_conn_2_aSecondConnectIsAnError(Scene scene) {
        for (String command : List.of("CONNECT", "STOMP")) {
            StompPeer client = scene.watcher(scene.queue(), "ack:client");
            scene.publish(scene.queue(), command);
            client.expect("MESSAGE⏎⏎" + command);
            scene.refused(client, command + "⏎accept-version:{version}⏎host:{host}⏎{credentials}⏎␀");
            scene.expectLeft(scene.queue(), command); // its subscription was released
        }
    }

    @Requirement(setup = Setup.SLOW_LOGIN)
    @Tag("S11-VER-5")
    void sx_conn_3_framesRightBehindConnectWait(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        String value = scene.isVersion("1.0") ? "a:b" : "a\\cb";
        StompPeer peer = scene.fresh();
        peer.send(CONNECT + "⏎␀SEND⏎destination:{D1}⏎foo:" + value + "⏎⏎x␀SEND⏎destination:{D1}⏎⏎y␀");
        peer.expect("CONNECTED");
        assertThat(watcher.expect("MESSAGE⏎⏎x").value("foo")).isEqualTo(value);
        watcher.expect("MESSAGE⏎⏎y");
    }

    @Requirement(setup = Setup.SLOW_LOGIN)
    void sx_conn_3_ifConnectIsRefusedTheyAreDiscarded(Scene scene) {
        StompPeer peer = scene.fresh();
        peer.send(
                "CONNECT⏎accept-version:{version}⏎host:{host}⏎login:u⏎passcode:wrong⏎⏎␀" + "SEND⏎destination:{D1}⏎⏎x␀");
        peer.expectError();
        scene.expectLeft(scene.queue(0));
    }

    @Requirement(setup = Setup.LOGIN)
    @Tag("S10-CONN-4")
    void sx_conn_4_receiptOnConnect(Scene scene) {
        StompPeer peer = scene.fresh();
        peer.send(CONNECT + "receipt:r⏎⏎␀").expect("CONNECTED");
        peer.expectNothing();
        scene.fresh()
                .send("CONNECT⏎accept-version:{version}⏎host:{host}⏎login:{login}⏎passcode:wrong⏎receipt:r⏎⏎␀")
                .expectError("receipt-id:r");
    }

    @Requirement(versions = "1.2")
    @Tag("S11-VER-3")
    void sx_ver_1_oddAcceptVersions(Scene scene) {
        for (String bad : List.of("", "2.0,3.0", "1", "1.20")) {
            PeerFrame error = scene.fresh()
                    .send("CONNECT⏎accept-version:" + bad + "⏎host:{host}⏎{credentials}⏎␀")
                    .expectError();
            assertThat(error.value("version")).isEqualTo("1.0,1.1,1.2");
        }
        for (String good : List.of(" 1.1 , 1.2 ", "1.2,1.2", "1.2,,1.1")) {
            scene.fresh()
                    .send("CONNECT⏎accept-version:" + good + "⏎host:{host}⏎{credentials}⏎␀")
                    .expect("CONNECTED", "version:1.2");
        }
    }

    @Requirement(setup = Setup.HEART_BEAT_OFF)
    void sx_ctd_1_whatIsAlwaysInConnected(Scene scene) {
        PeerFrame connected = scene.fresh().open(scene.version);
        assertThat(connected.names()).contains("version", "session", "server");
        assertThat(connected.header("heart-beat")).isEqualTo(scene.isVersion("1.0") ? null : "0,0");
        // stomp.js 2.3 offers only 1.1 and 1.0, and wants heart-beat to have two numbers.
        PeerFrame old = scene.fresh()
                .send("CONNECT⏎accept-version:1.1,1.0⏎heart-beat:10000,10000⏎⏎␀")
                .expect("CONNECTED", "version:1.1");
        assertThat(old.value("heart-beat").split(",")).hasSize(2);
    }

    @Requirement(setup = Setup.EVIL_NAME)
    void sx_ctd_2_aValueWithALineEndIsLeftOut(Scene scene) {
        PeerFrame connected = scene.fresh().open(scene.version);
        assertThat(connected.names()).doesNotContain("user-name", "x");
        assertThat(connected.toString()).doesNotContain("x:y");
    }

    @Requirement
    void sx_host_1_oneHostTakesAnyName(Scene scene) {
        for (String host : List.of("", "host:x⏎", "host:/⏎")) {
            scene.fresh()
                    .send("CONNECT⏎accept-version:{version}⏎" + host + "{credentials}⏎␀")
                    .expect("CONNECTED");
        }
    }

    @Requirement(setup = Setup.TWO_HOSTS)
    @Tag("S11-HOST-1")
    void sx_host_1_severalHostsAreTold(Scene scene) {
        for (String host : List.of("", "host:/⏎", "host:alpha⏎", "host:BETA⏎")) {
            scene.fresh()
                    .send("CONNECT⏎accept-version:{version}⏎" + host + "⏎␀")
                    .expect("CONNECTED");
        }
        scene.fresh().send("CONNECT⏎accept-version:{version}⏎host:x⏎⏎␀").expectError();
    }

    @Requirement(setup = Setup.LOGIN, inside = true)
    void sx_auth_1_failuresLookAlike(Scene scene) {
        try (Logs logs = Logs.watch()) {
            String head = "CONNECT⏎accept-version:{version}⏎host:{host}⏎";
            PeerFrame unknown = scene.fresh()
                    .send(head + "login:nobody⏎passcode:s3cr3t-one⏎⏎␀")
                    .expectError();
            PeerFrame wrong =
                    scene.fresh().send(head + "login:u⏎passcode:s3cr3t-two⏎⏎␀").expectError();
            assertThat(unknown.value("message")).isEqualTo("Access refused");
            assertThat(wrong.head()).isEqualTo(unknown.head());
            assertThat(wrong.body()).isEqualTo(unknown.body());
            assertThat(logs.lines()).noneMatch(line -> line.contains("s3cr3t"));
            assertThat(Stream.of(unknown, wrong).map(PeerFrame::toString)).noneMatch(text -> text.contains("s3cr3t"));
        }
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            setup = Setup.LOGIN,
            transports = Transport.TLS,
            inside = true)
    void sx_auth_2_theCertificateHoldsUnlessThereIsALogin(Scene scene) {
        StompPeer certified = scene.add(
                scene.builder().sslContext(Certificates.clientContext()).connect());
        certified
                .send("CONNECT⏎accept-version:{version}⏎host:h⏎⏎␀")
                .expect("CONNECTED", "user-name:" + Certificates.CLIENT);
        StompPeer both = scene.add(
                scene.builder().sslContext(Certificates.clientContext()).connect());
        both.send("CONNECT⏎accept-version:{version}⏎host:h⏎login:u⏎passcode:p⏎⏎␀")
                .expect("CONNECTED", "user-name:u");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void sx_hb_1_whatWeOffer(Scene scene) {
        assertThat(scene.fresh().open(scene.version, "heart-beat:1,1").value("heart-beat"))
                .isEqualTo("10000,10000");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void sx_hb_2_malformedHeartBeats(Scene scene) {
        for (String bad : List.of("1000", "a,b", "-1,0", "1,2,3", "")) {
            scene.fresh().send(CONNECT + "heart-beat:" + bad + "⏎⏎␀").expectError();
        }
        for (String good : List.of("99999999999,0", " 1000 , 1000 ")) {
            scene.fresh().send(CONNECT + "heart-beat:" + good + "⏎⏎␀").expect("CONNECTED");
        }
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            setup = Setup.HEART_BEAT_500_0)
    void sx_hb_3_aThousandIntervalsWithoutAGap(Scene scene) {
        List<StompPeer> peers = Stream.generate(scene::fresh).limit(25).toList();
        peers.forEach(peer -> peer.open(scene.version, "heart-beat:0,500"));
        List<java.util.concurrent.CompletableFuture<Void>> watches = peers.stream()
                .map(peer -> Aside.run(() -> Beats.expectGaps(peer, 40, 500)))
                .toList();
        watches.forEach(java.util.concurrent.CompletableFuture::join);
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            setup = Setup.HEART_BEAT_0_500)
    @Tag("S11-HB-7")
    void sx_hb_4_aSilentClientIsLost(Scene scene) {
        StompPeer peer = scene.fresh();
        long before = System.nanoTime();
        peer.open(scene.version, "heart-beat:500,0");
        Beats.expectEnd(peer, before, 1_500, System.nanoTime(), 2_100);
        assertThat(peer.pending())
                .hasSizeLessThanOrEqualTo(1)
                .allMatch(f -> f.command().equals("ERROR"));
    }

    @Requirement(versions = "1.2", setup = Setup.HELD)
    void sx_hb_5_aHeldPublisherIsNotPunishedForItsSilence(Scene scene) {
        String queue = "/queue/held/" + scene.name();
        StompPeer publisher = scene.fresh();
        publisher.open(scene.version, "heart-beat:500,0");
        publisher.send("SEND⏎destination:" + queue + "⏎⏎1␀SEND⏎destination:" + queue + "⏎⏎2␀" + "SEND⏎destination:"
                + queue + "⏎⏎3␀");
        publisher.readFor(Duration.ofSeconds(5));
        assertThat(publisher.hasEnded()).as("closed while it was held").isFalse();
        StompPeer consumer = scene.watcher(queue);
        Scene.receive(consumer, "1", "2", "3");
        publisher.sync();
    }

    @Requirement(versions = "1.2", setup = Setup.HEART_BEAT_LARGE, reading = true)
    void sx_hb_6_noBeatsPileUpForAPeerThatDoesNotRead(Scene scene) {
        StompPeer peer = scene.add(scene.builder().receiveBuffer(4_096).connect());
        peer.open(scene.version, "heart-beat:0,500");
        peer.subscribe(scene.topic());
        StompPeer publisher = scene.client();
        publisher
                .send(A06BodiesTest.withBody("SEND\ndestination:" + scene.topic(), A06BodiesTest.text(8 << 20)))
                .sync();
        int before = peer.beats().size();
        Sockets.pass(Duration.ofMillis(1_300)); // less than its tolerance, more than two beats
        long start = System.nanoTime();
        assertThat(peer.expect("MESSAGE").body()).hasSize(8 << 20);
        long reading = Beats.millis(System.nanoTime() - start);
        // One that was due all the time, and those of the time it took to read.
        assertThat(peer.beats().size() - before).isLessThanOrEqualTo((int) (1 + (reading + 374) / 375));
    }

    @Requirement(versions = "1.2", setup = Setup.HEART_BEAT_LARGE, notForSockJs = "octets that are no text")
    void sx_hb_6_noBeatInsideALargeMessageReadSlowly(Scene scene) {
        byte[] body = new byte[10 << 20];
        new java.util.Random(3).nextBytes(body);
        StompPeer peer = scene.add(scene.builder()
                .receiveBuffer(64 << 10)
                .timeout(Duration.ofSeconds(150))
                .connect());
        peer.open(scene.version, "heart-beat:0,500");
        peer.subscribe(scene.topic());
        scene.client()
                .send(A06BodiesTest.withBody("SEND\ndestination:" + scene.topic(), body))
                .sync();
        while (peer.pending().isEmpty() && !peer.hasEnded()) {
            long before = peer.octetsRead();
            peer.readOnce(Duration.ofSeconds(5));
            Sockets.pass(Duration.ofMillis((peer.octetsRead() - before) * 1_000 / (100 << 10)));
        }
        assertThat(peer.expect("MESSAGE").body()).isEqualTo(body);
    }
}
