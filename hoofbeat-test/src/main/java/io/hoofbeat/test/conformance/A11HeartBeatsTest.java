/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;

/** STOMP.md A11: heart-beats. */
@DisplayName("A11 Heart-beats")
class A11HeartBeatsTest {

    @Requirement(versions = {"1.1", "1.2"})
    void s11_hb_1_twoNumbersWithACommaBetween(Scene scene) {
        assertThat(scene.fresh().open(scene.version, "heart-beat:10000,10000").value("heart-beat"))
                .matches("^[0-9]+,[0-9]+$");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_hb_2_aMissingHeaderIsNoneAtAll(Scene scene) {
        StompPeer peer = scene.client();
        int before = peer.beats().size();
        peer.expectSilence(Duration.ofSeconds(5));
        assertThat(peer.beats()).hasSize(before);
        peer.sync();
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            setup = Setup.HEART_BEAT_500_500)
    @Tag("S11-HB-3")
    void s11_hb_4_nobodyWantsAny(Scene scene) {
        Beats.check(scene, "0,0", 0, 0);
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            setup = Setup.HEART_BEAT_500_500)
    @Tag("S11-HB-3")
    void s11_hb_4_onlyTheClientSends(Scene scene) {
        Beats.check(scene, "200,0", 500, 0);
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            setup = Setup.HEART_BEAT_500_500)
    @Tag("S11-HB-3")
    void s11_hb_4_theClientIsTheSlowerSender(Scene scene) {
        Beats.check(scene, "800,200", 800, 500);
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            setup = Setup.HEART_BEAT_500_500)
    @Tag("S11-HB-3")
    void s11_hb_4_theClientWantsThemSlower(Scene scene) {
        Beats.check(scene, "200,900", 500, 900);
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            setup = Setup.HEART_BEAT_0_500)
    @Tag("S11-HB-3")
    void s11_hb_4_theServerDoesNotSend(Scene scene) {
        Beats.check(scene, "200,200", 500, 0);
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            setup = Setup.HEART_BEAT_500_0)
    void s11_hb_3_theServerDoesNotWantThem(Scene scene) {
        Beats.check(scene, "200,200", 0, 500);
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            setup = Setup.HEART_BEAT_500_0)
    @Tag("SX-HB-3")
    void s11_hb_5_noIntervalPassesWithoutData(Scene scene) {
        StompPeer peer = scene.fresh();
        peer.open(scene.version, "heart-beat:0,500");
        Beats.expectGaps(peer, 20, 500);
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            setup = Setup.HEART_BEAT_500_0)
    void s11_hb_5_realFramesCount(Scene scene) {
        StompPeer peer = scene.fresh();
        peer.open(scene.version, "heart-beat:0,500");
        peer.subscribe(scene.topic());
        StompPeer publisher = scene.client();
        int before = peer.arrivals().size();
        for (int i = 0; i < 20; i++) {
            publisher.send("SEND⏎destination:{T1}⏎⏎x␀");
            publisher.readFor(Duration.ofMillis(200));
        }
        publisher.sync();
        peer.sync();
        assertThat(peer.pending()).hasSize(20);
        assertThat(peer.arrivals().size()).isGreaterThan(before);
        // Frames were sent all the time; a beat between them is allowed, but one for each interval is a waste.
        assertThat(peer.beats()).hasSizeLessThanOrEqualTo(2);
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            setup = Setup.HEART_BEAT_500_0)
    void s11_hb_6_aBeatIsOneLineEnd(Scene scene) {
        StompPeer peer = scene.fresh();
        peer.open(scene.version, "heart-beat:0,500");
        peer.expectSilence(Duration.ofMillis(1_800));
        assertThat(peer.beats()).hasSizeBetween(2, 8);
        assertThat(peer.oddities()).isEmpty();
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            setup = Setup.HEART_BEAT_0_500)
    @Tag("SX-HB-4")
    void s11_hb_7_aSilentClientIsTakenForDeadAfterAMargin(Scene scene) {
        StompPeer peer = scene.fresh();
        long before = System.nanoTime();
        peer.open(scene.version, "heart-beat:500,0");
        long silentSince = System.nanoTime();
        peer.expectSilence(Duration.ofMillis(600));
        assertThat(peer.hasEnded()).as("closed after 600 ms").isFalse();
        Beats.expectEnd(peer, before, 1_500, silentSince, 2_100);
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            setup = Setup.HEART_BEAT_0_500)
    void s11_hb_8_anyOctetIsASignOfLife(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        StompPeer peer = scene.fresh();
        peer.open(scene.version, "heart-beat:500,0");
        peer.send("SEND⏎destination:{D1}⏎content-length:20⏎⏎");
        for (int i = 0; i < 20; i++) {
            peer.send("x");
            peer.readFor(Duration.ofMillis(300));
            assertThat(peer.hasEnded()).as("closed after %d octets", i).isFalse();
        }
        peer.send("␀");
        assertThat(watcher.expect("MESSAGE").text()).isEqualTo("x".repeat(20));
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            setup = Setup.HEART_BEAT_500_0)
    void s11_hb_9_noBeatBeforeConnected(Scene scene) {
        StompPeer peer = scene.fresh();
        peer.send("CONNECT⏎accept-version:{version}⏎host:{host}⏎heart-beat:0,500⏎");
        peer.expectSilence(Duration.ofMillis(1_200));
        assertThat(peer.beats()).isEmpty();
        PeerFrame connected = peer.send("⏎␀").expect("CONNECTED");
        assertThat(connected.startNanos()).isPositive();
        peer.beats().forEach(beat -> assertThat(beat).isGreaterThanOrEqualTo(connected.nanos()));
    }

    @Requirement(versions = "1.0")
    void s10_hb_10_nothingOfThisIn10(Scene scene) {
        StompPeer peer = scene.fresh();
        peer.send("CONNECT⏎{credentials}heart-beat:100,100⏎⏎␀").expect("CONNECTED");
        peer.expectSilence(Duration.ofMillis(1_500));
        assertThat(peer.hasEnded()).as("silence was punished").isFalse();
        assertThat(peer.beats()).hasSizeLessThanOrEqualTo(1); // one line end may follow CONNECTED
        peer.sync();
    }
}
