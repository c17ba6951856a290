/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;

/** STOMP.md A10: how a session begins. All of it holds for STOMP as it does for CONNECT (S12-CONN-2). */
@DisplayName("A10 Opening")
class A10OpeningTest {
    private static final List<String> COMMANDS = List.of("CONNECT", "STOMP");

    @Requirement(versions = "1.0")
    @Tag("S12-CONN-2")
    @Tag("S10-CTD-1")
    void s10_conn_1_connectIsAnsweredWithConnected(Scene scene) {
        for (String command : COMMANDS) {
            PeerFrame connected = scene.fresh()
                    .send(command + "⏎login:{login}⏎passcode:{passcode}⏎⏎␀")
                    .expect("CONNECTED");
            assertThat(connected.value("session")).isNotEmpty();
        }
    }

    @Requirement
    void s12_conn_2_stompIsHandledAsConnect(Scene scene) {
        StompPeer peer = scene.fresh();
        peer.send("STOMP⏎accept-version:{version}⏎host:{host}⏎{credentials}⏎␀").expect("CONNECTED");
        peer.subscribe(scene.queue());
        peer.send("SEND⏎destination:{Q1}⏎⏎x␀").expect("MESSAGE⏎⏎x");
    }

    @Requirement(setup = Setup.LOGIN)
    @Tag("S11-AUTH-1")
    @Tag("S12-CONN-2")
    void s11_conn_3_aRefusedConnectionGetsAnError(Scene scene) {
        for (String command : COMMANDS) {
            String head = command + "⏎accept-version:{version}⏎host:{host}⏎login:{login}⏎";
            scene.fresh().send(head + "passcode:wrong⏎⏎␀").expectError();
        }
    }

    @Requirement(setup = Setup.LOGIN)
    void s11_auth_1_loginAndPasscodeAuthenticate(Scene scene) {
        String head = "CONNECT⏎accept-version:{version}⏎host:{host}⏎";
        scene.fresh().send(head + "login:{login}⏎passcode:{passcode}⏎⏎␀").expect("CONNECTED");
        scene.fresh().send(head + "login:{login}⏎passcode:x{passcode}⏎⏎␀").expectError();
        scene.fresh().send(head + "⏎␀").expectError();
    }

    @Requirement
    @Tag("S12-CONN-2")
    void s10_conn_4_connectCannotAskForAReceipt(Scene scene) {
        for (String command : COMMANDS) {
            StompPeer peer = scene.fresh();
            peer.send(command + "⏎accept-version:{version}⏎host:{host}⏎{credentials}receipt:r⏎⏎␀");
            peer.expect("CONNECTED");
            peer.expectNothing();
        }
    }

    @Requirement
    @Tag("S12-CONN-2")
    void s10_conn_5_connectedIsTheFirstFrame(Scene scene) {
        AtomicBoolean enough = new AtomicBoolean();
        StompPeer publisher = scene.client();
        CompletableFuture<Void> busy = Aside.run(() -> {
            while (!enough.get()) {
                publisher.send("SEND⏎destination:{T1}⏎⏎x␀".repeat(10)).sync();
            }
        });
        try {
            for (String command : COMMANDS) {
                StompPeer peer = scene.fresh();
                peer.send(command + "⏎accept-version:{version}⏎host:{host}⏎{credentials}⏎␀"
                        + "SUBSCRIBE⏎id:1⏎destination:{T1}⏎⏎␀");
                peer.expect("CONNECTED");
                peer.expect("MESSAGE");
            }
        } finally {
            enough.set(true);
            busy.join();
        }
    }

    @Requirement(versions = "1.0")
    @Tag("S12-CONN-2")
    void s11_ver_1_withoutAcceptVersionItIs10(Scene scene) {
        for (String command : COMMANDS) {
            StompPeer peer = scene.fresh();
            peer.send(command + "⏎{credentials}⏎␀").expect("CONNECTED");
            peer.subscribe(scene.topic());
            PeerFrame message = peer.send("SEND⏎destination:{T1}⏎foo:a\\nb⏎⏎x␀").expect("MESSAGE");
            assertThat(message.value("foo")).isEqualTo("a\\nb"); // nothing was unescaped, nothing escaped
        }
    }

    @Requirement(versions = "1.2")
    @Tag("S11-VER-4")
    @Tag("S12-CONN-2")
    void s11_ver_2_theHighestCommonVersionIsTaken(Scene scene) {
        Map<String, String> offers = Map.of(
                "1.0,1.1,2.0", "1.1",
                "1.2,1.1,1.0", "1.2",
                "1.0,1.1,1.2", "1.2",
                "1.1", "1.1",
                "1.0", "1.0",
                "9.9,1.1,foo", "1.1");
        offers.forEach((offer, version) -> {
            for (String command : COMMANDS) {
                scene.fresh()
                        .send(command + "⏎accept-version:" + offer + "⏎host:{host}⏎{credentials}⏎␀")
                        .expect("CONNECTED", "version:" + version);
            }
        });
    }

    @Requirement(versions = "1.2")
    @Tag("S12-CONN-2")
    void s11_ver_3_nothingInCommonIsAnErrorThatListsTheVersions(Scene scene) {
        for (String command : COMMANDS) {
            PeerFrame error = scene.fresh()
                    .send(command + "⏎accept-version:2.1⏎host:{host}⏎{credentials}⏎␀")
                    .expectError();
            assertThat(Arrays.asList(error.value("version").split(","))).containsExactly("1.0", "1.1", "1.2");
            assertThat(error.value("content-type")).startsWith("text/plain");
        }
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_ver_4_connectedHasTheVersion(Scene scene) {
        assertThat(scene.fresh().open(scene.version).value("version")).isEqualTo(scene.version);
    }

    @Requirement(versions = "1.2")
    void s11_ver_5_theVersionHoldsFromTheNulOfConnectOn(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        for (String command : COMMANDS) {
            scene.fresh()
                    .send(command + "⏎accept-version:1.2⏎host:{host}⏎{credentials}⏎␀"
                            + "SEND␍⏎destination:{D1}␍⏎foo:a\\rb␍⏎␍⏎x␀")
                    .expect("CONNECTED");
            assertThat(watcher.expect("MESSAGE⏎⏎x").value("foo")).isEqualTo("a\\rb");
        }
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_host_1_theDefaultHostServesWhoNamesNone(Scene scene) {
        scene.fresh().send("CONNECT⏎accept-version:{version}⏎{credentials}⏎␀").expect("CONNECTED");
    }

    @Requirement
    void s10_ctd_1_theSessionIsUnique(Scene scene) {
        assertThat(scene.fresh().open(scene.version).value("session"))
                .isNotEqualTo(scene.fresh().open(scene.version).value("session"));
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_ctd_2_theServerHeaderIsNameAndVersion(Scene scene) {
        String server = scene.fresh().open(scene.version).header("server");
        if (scene.target.isOurs()) {
            assertThat(server).isNotNull();
        }
        if (server != null) {
            assertThat(server).matches("^[!-.0-~]+(/[!-~]+)?( .*)?$");
        }
    }

    @Requirement(versions = {"1.1", "1.2"})
    @Tag("S11-HB-1")
    void s11_ctd_3_connectedMayHaveAHeartBeat(Scene scene) {
        PeerFrame connected = scene.fresh().open(scene.version, "heart-beat:20000,20000");
        assertThat(connected.value("heart-beat")).matches("^[0-9]+,[0-9]+$");
    }

    @Requirement
    void s10_ctd_4_connectedHasNoBody(Scene scene) {
        PeerFrame connected = scene.fresh().open(scene.version);
        assertThat(connected.body()).isEmpty();
        assertThat(connected.has("content-length")).isFalse();
    }

    @Requirement(versions = "1.2", setup = Setup.CYCLES, inside = true)
    void s11_conn_6_rapidConnectingAndDisconnectingIsServed(Scene scene) {
        LocalServer server = LocalServer.start(Setup.CYCLES); // of its own, whose descriptors can be told from others'
        int port = 0;
        for (int i = 0; i < (scene.transport.isSockJs() ? 1_000 : 5_000); i++) {
            try (StompPeer peer = scene.builder(server).connect()) {
                peer.open(scene.version);
                peer.send("DISCONNECT⏎⏎␀").expectClosed();
                port = peer.remotePort();
            }
        }
        Sockets.awaitAllReleased(port, Duration.ofSeconds(10));
        server.stop();
    }
}
