/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.reliability;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.reliability.Inbox.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cases P1 to P8: what a stranger can send before, instead of, and around CONNECT. */
class StrangersTest {
    private static final String SECRET = "/topic/secret";
    private static final List<String> EARLY_FRAMES = List.of(
            "SEND\ndestination:" + SECRET + "\n\nx\0",
            "SUBSCRIBE\nid:1\ndestination:" + SECRET + "\n\n\0",
            "BEGIN\ntransaction:t\n\n\0",
            "ACK\nid:1-1\n\n\0",
            "NACK\nid:1-1\n\n\0",
            "COMMIT\ntransaction:t\n\n\0",
            "UNSUBSCRIBE\nid:1\n\n\0",
            "DISCONNECT\nreceipt:r\n\n\0");

    @Test
    void p1_noFrameButConnectComesFirst() throws Exception {
        int rounds = Scale.of(20, 500);
        try (Trial trial = Trial.begin("P1");
                Peer watcher = Peer.open(trial.port()).subscribe("w", SECRET)) {
            for (String frame : EARLY_FRAMES) {
                Peer.each(
                        rounds,
                        trial.port(),
                        peer -> peer.send(frame + frame + frame).expectError());
                for (int i = 0; i < rounds; i++) {
                    try (WebSocketPeer peer = new WebSocketPeer(trial.server().webSocketPort())) {
                        peer.send(frame);
                        assertThat(peer.readToEnd()).contains("ERROR");
                    }
                }
            }
            assertHasSeenNothing(watcher);
            trial.end(
                    "%d first frames of %d kinds, TCP and WebSocket: ERROR, close; nothing routed",
                    2 * rounds * EARLY_FRAMES.size(), EARLY_FRAMES.size());
        }
    }

    @Test
    void p2_whoSomebodyIsNeverChanges() throws Exception {
        int rounds = Scale.of(10, 500);
        String send = "SEND\ndestination:" + SECRET + "\n\nx\0";
        String good = Peer.connectFrame(Trial.credentials(1));
        try (Trial trial = Trial.begin("P2", Setup.USERS);
                Peer watcher = Peer.open(trial.port(), Trial.credentials(0)).subscribe("w", SECRET)) {
            for (int i = 0; i < rounds; i++) {
                try (Peer peer = Peer.open(trial.port(), Trial.credentials(1))) {
                    peer.send(Peer.connectFrame(Trial.credentials(2)) + send).expectError();
                }
                try (Peer peer = Peer.connect("127.0.0." + (30 + i % 200), trial.port(), 0)) {
                    peer.send(Peer.connectFrame("login:user-1", "passcode:wrong" + i) + good + send);
                    assertThat(peer.next()).matches(reply -> reply.is("ERROR"));
                    assertThat(peer.next()).isNull();
                }
                try (Peer peer = Peer.open(trial.port(), Trial.credentials(1))) {
                    peer.send("DISCONNECT\nreceipt:d\n\n\0" + send + good + send);
                    peer.expect("RECEIPT");
                    assertThat(peer.next()).isNull();
                }
            }
            assertHasSeenNothing(watcher);
            trial.end(
                    "%d each of: second CONNECT, CONNECT behind a refused one, frames behind DISCONNECT: end of the"
                            + " connection; nothing routed",
                    rounds);
        }
    }

    @Test
    void p3_connectIsNotEndless() throws Exception {
        int rounds = Scale.of(20, 500);
        String line = "x".repeat(8) + ":" + "y".repeat(1_000) + "\n";
        long[] most = {0};
        try (Trial trial = Trial.begin("P3", Setup.HURRY);
                Swarm dribbling = new Swarm(trial.port())) {
            Peer.each(rounds, trial.port(), peer -> {
                peer.send("CONNECT\n" + line.repeat(65));
                peer.expectError();
            });
            Peer.each(rounds, trial.port(), peer -> {
                peer.send("CONNECT\n");
                most[0] = Math.max(most[0], peer.sendUntilClosed(line, Long.MAX_VALUE));
            });
            dribbling.add(Scale.of(100, 2_000), "CONNECT\n");
            dribbling.sendEvery(Duration.ofMillis(100), line);
            dribbling.awaitAll(Duration.ofSeconds(60), "dribblers closed", Swarm.Member::isClosed);
            assertThat(dribbling.count(member -> member.got("ERROR")))
                    .isEqualTo(dribbling.members().size());
            trial.end(
                    "CONNECT of 65 KiB whole (%d), endless (%d, at most %d KiB got rid of, socket buffers included), 10 KiB/s"
                            + " (%d): ERROR, close",
                    rounds, rounds, most[0] >> 10, dribbling.members().size());
        }
    }

    @Test
    void p4_anAnnouncedBodyTakesNoMemory() throws Exception {
        int crowd = Scale.of(300, 3_000);
        try (Trial trial = Trial.begin("P4");
                Swarm announcing = new Swarm(trial.port())) {
            for (String length : List.of("2147483647", "9223372036854775807", "99999999999999999999", "16777217")) {
                Peer.each(
                        Scale.of(5, 100),
                        trial.port(),
                        peer -> peer.send("CONNECT\ncontent-length:" + length + "\n\n")
                                .expectError());
                Peer.each(
                        Scale.of(5, 100),
                        trial.port(),
                        peer -> peer.login()
                                .send("SEND\ndestination:/queue/q\ncontent-length:" + length + "\n\n")
                                .expectError());
            }
            announcing.add(
                    crowd,
                    Peer.connectFrame() + "SEND\ndestination:/queue/q\ncontent-length:16777216\n\n" + "x".repeat(10));
            announcing.awaitAll(Duration.ofSeconds(60), "all connected", member -> member.got("CONNECTED"));
            long grown = trial.heapGrowth();
            assertThat(grown).isLessThan(crowd * 24L * 1024 + (8L << 20));
            announcing.drop();
            trial.end(
                    "lengths beyond the limit: ERROR from the head alone; %d sessions that announce 16 MiB each and send 10"
                            + " octets: heap +%.1f MiB",
                    crowd, grown / 1048576.0);
        }
    }

    @Test
    void p5_aLengthIsANumber() throws Exception {
        List<String> lengths = List.of("-1", "+5", "0x10", "5,5", "5 5", "", "5.0", "\u0665", "1e1");
        int rounds = Scale.of(10, 500);
        try (Trial trial = Trial.begin("P5");
                Peer watcher = Peer.open(trial.port()).subscribe("w", SECRET)) {
            for (String length : lengths) {
                Peer.each(
                        rounds,
                        trial.port(),
                        peer -> peer.login()
                                .send("SEND\ndestination:" + SECRET + "\ncontent-length:" + length + "\n\nhello\0")
                                .expectError());
            }
            Peer.each(
                    rounds,
                    trial.port(),
                    peer -> peer.login()
                            .send("SEND\ndestination:" + SECRET + "\ncontent-length:4\n\nhello\0")
                            .expectError());
            assertHasSeenNothing(watcher);
            try (Peer peer = Peer.open(trial.port())) { // blanks are pardoned, and of two lengths the first counts
                peer.send("SEND\ndestination:" + SECRET + "\ncontent-length: 5 \ncontent-length:7\n\nhello\0");
                assertThat(watcher.expect("MESSAGE").body()).isEqualTo("hello");
            }
            trial.end(
                    "%d bodies with %d kinds of wrong length, or without their NUL: ERROR, close; nothing routed",
                    rounds * (lengths.size() + 1), lengths.size());
        }
    }

    @Test
    void p6_framesAreCutWhereTheirLengthSays() throws Exception {
        int rounds = Scale.of(500, 20_000);
        String trap = "SEND\ndestination:" + SECRET + "\n\nforged\0";
        try (Trial trial = Trial.begin("P6");
                Peer watcher = Peer.open(trial.port()).subscribe("w", "/topic/honest");
                Peer forged = Peer.open(trial.port()).subscribe("w", SECRET);
                Peer peer = Peer.open(trial.port())) {
            String hidden = "a\0" + trap + "b";
            for (int i = 0; i < rounds; i++) {
                peer.send("SEND\ndestination:/topic/honest\ncontent-length:" + hidden.length() + "\n\n" + hidden + "\0"
                        + "SEND\ndestination:/topic/honest\n\n" + i + "\0");
                assertThat(watcher.expect("MESSAGE").body()).isEqualTo(hidden);
                assertThat(watcher.expect("MESSAGE").body()).isEqualTo(Integer.toString(i));
            }
            // A length that is too large swallows what follows, and fails where the NUL should be.
            peer.send("SEND\ndestination:/topic/honest\ncontent-length:" + (trap.length() + 3) + "\n\nab\0" + trap
                            + trap)
                    .expectError();
            assertHasSeenNothing(forged);
            trial.end(
                    "%d bodies that contain frames: delivered octet by octet, none of these frames was taken for one",
                    rounds);
        }
    }

    @Test
    void p7_aHeaderLineIsNotEndless() throws Exception {
        int rounds = Scale.of(20, 500);
        int crowd = Scale.of(300, 2_000);
        long[] most = {0};
        try (Trial trial = Trial.begin("P7", Setup.HURRY);
                Swarm dribbling = new Swarm(trial.port())) {
            Peer.each(rounds, trial.port(), peer -> {
                peer.send("CONNECT\nlogin:");
                most[0] = Math.max(most[0], peer.sendUntilClosed("x".repeat(1_024), Long.MAX_VALUE));
            });
            Peer.each(rounds, trial.port(), peer -> {
                peer.login().send("SEND\ndestination:");
                most[0] = Math.max(most[0], peer.sendUntilClosed("x".repeat(1_024), Long.MAX_VALUE));
            });
            dribbling.add(crowd, "CONNECT\nlogin:");
            dribbling.sendEvery(Duration.ofSeconds(1), "x");
            dribbling.awaitAll(Duration.ofSeconds(60), "dribblers closed", Swarm.Member::isClosed);
            trial.end(
                    "endless header line, before and after the login (%d): ERROR, close (at most %d KiB got rid of, socket"
                            + " buffers included); 1 octet/s (%d): closed after %s",
                    2 * rounds, most[0] >> 10, crowd, dribbling.lifetimes());
        }
    }

    @Test
    void p8_headersAreCounted() throws Exception {
        int rounds = Scale.of(5, 50);
        List<String> heads = List.of(
                "a:1\n".repeat(1_000_000), "same:value\n".repeat(1_000), ("b:" + "x".repeat(8_190) + "\n").repeat(500));
        try (Trial trial = Trial.begin("P8")) {
            for (String head : heads) {
                for (String start : List.of("CONNECT\n", Peer.connectFrame() + "SEND\ndestination:/queue/q\n")) {
                    Peer.each(rounds, trial.port(), peer -> {
                        peer.sendUntilClosed(start + head, 1);
                        peer.readToError(); // which a reset may have overtaken, since the attacker writes on
                    });
                }
            }
            Peer.each(
                    rounds,
                    trial.port(),
                    peer -> peer.login()
                            .send("SEND\ndestination:/queue/q\n" + "a:1\n".repeat(256))
                            .expectError());
            trial.end(
                    "%d times a million headers, a thousand equal ones, 500 of 8 KiB, before and after the login: closed",
                    2 * rounds);
        }
    }

    @Test
    void p12_whereTheOctetsAreCutMeansNothing() throws Exception {
        String session = Peer.connectFrame()
                + "SUBSCRIBE\nid:1\ndestination:/topic/cut\r\n\n\0"
                + "SEND\r\ndestination:/topic/cut\r\nk:a\\nb\r\n\r\none\0\n\r\n\n"
                + "SEND\ndestination:/topic/cut\r\ncontent-length:3\n\r\na\0b\0\r\n"
                + "DISCONNECT\nreceipt:end\n\n\0";
        byte[] octets = session.getBytes(ISO_8859_1);
        int step = Scale.of(5, 1);
        int coalesced = Scale.of(1_000, 100_000);
        try (Trial trial = Trial.begin("P12")) {
            List<String> whole = play(trial, octets, octets.length);
            assertThat(whole).hasSize(4);
            assertThat(play(trial, octets, 1)).isEqualTo(whole);
            for (int cut = 1; cut < octets.length; cut += step) {
                assertThat(play(trial, octets, cut)).as("cut at %d", cut).isEqualTo(whole);
            }
            try (Peer peer = Peer.open(trial.port()).subscribe("1", "/queue/many")) {
                Thread sender = new Thread(() -> peer.sendUntilClosed(
                        Peer.frames(coalesced, i -> "SEND\ndestination:/queue/many\n\n" + i + "\0"), 1));
                sender.start();
                for (int i = 0; i < coalesced; i++) {
                    assertThat(peer.expect("MESSAGE").body()).isEqualTo(Integer.toString(i));
                }
                sender.join();
            }
            trial.end(
                    "a session of %d octets cut at %d places, and octet by octet: same frames; %d frames in one write",
                    octets.length, octets.length / step, coalesced);
        }
    }

    /** What the server says to these octets, cut at one place, or after each octet; what differs each time is left out. */
    private static List<String> play(Trial trial, byte[] octets, int piece) throws IOException {
        List<String> all = new ArrayList<>();
        try (Peer peer = Peer.connect(trial.port())) {
            int cuts = piece == 1 ? octets.length : 1;
            for (int i = 0; i < cuts; i++) {
                peer.send(Arrays.copyOfRange(octets, i * piece, (i + 1) * piece));
            }
            peer.send(Arrays.copyOfRange(octets, cuts * piece, octets.length));
            for (Reply reply = peer.next(); reply != null; reply = peer.next()) {
                all.add(reply.command()
                        + reply.header("k")
                        + reply.header("destination")
                        + reply.header("receipt-id")
                        + reply.body());
            }
        }
        return all;
    }

    @Test
    void p14_undefinedEscapesAreErrors() throws Exception {
        int rounds = Scale.of(10, 500);
        List<String> bad12 = List.of("a\\tb", "a\\xb", "a\\", "\\N", "\\:");
        List<String> bad11 = List.of("a\\tb", "a\\xb", "a\\", "a\\rb");
        List<String> good10 = List.of("a\\tb", "a\\x", "a\\", "a\\rb", "a\\cb");
        try (Trial trial = Trial.begin("P14");
                Peer watcher = Peer.open(trial.port()).subscribe("w", SECRET)) {
            for (String value : bad12) {
                Peer.each(
                        rounds,
                        trial.port(),
                        peer -> peer.login().send(withHeader(value)).expectError());
            }
            for (String value : bad11) {
                Peer.each(
                        rounds,
                        trial.port(),
                        peer -> peer.login("accept-version:1.1")
                                .send(withHeader(value))
                                .expectError());
            }
            assertHasSeenNothing(watcher);
            for (String value : good10) {
                Peer.each(1, trial.port(), peer -> {
                    peer.login("accept-version:1.0").send(withHeader(value));
                    assertThat(watcher.expect("MESSAGE").header("foo")).isEqualTo(value.replace("\\", "\\\\"));
                });
            }
            trial.end(
                    "%d undefined escapes in 1.1 and 1.2: ERROR, close; in 1.0 a backslash is a backslash",
                    rounds * (bad12.size() + bad11.size()));
        }
    }

    private static String withHeader(String value) {
        return "SEND\ndestination:" + SECRET + "\nfoo:" + value + "\n\nx\0";
    }

    private static void assertHasSeenNothing(Peer watcher) throws IOException {
        watcher.send("SEND\ndestination:" + SECRET + "\n\nthe only one\0");
        assertThat(watcher.expect("MESSAGE").body()).isEqualTo("the only one");
    }
}
