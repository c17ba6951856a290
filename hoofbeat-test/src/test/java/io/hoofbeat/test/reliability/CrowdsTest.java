/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.reliability.Swarm.Member;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Cases P10, P11, P16, F12 and F13: many who come at once, slowly, with wrong passcodes, or from one address. */
class CrowdsTest {
    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    @Test
    void p10_slowlorisIsClosedAtTheLoginDeadline() throws Exception {
        int crowd = Scale.of(500, 5_000);
        try (Trial trial = Trial.begin("P10", Setup.HURRY);
                Swarm swarm = new Swarm(trial.port())) {
            swarm.add(crowd, "CONNECT\nlogin:");
            swarm.sendEvery(Duration.ofSeconds(1), "x");
            swarm.awaitAll(A_MINUTE, "all closed", Member::isClosed);
            assertThat(swarm.count(member -> member.got("ERROR"))).isEqualTo(crowd);
            trial.end(
                    "%d at 1 octet/s: ERROR, close after %s (login deadline %d s)",
                    crowd, swarm.lifetimes(), Scale.of(2, 10));
        }
    }

    @Test
    void p11_theSilentAreClosedAndOthersGetIn() throws Exception {
        int crowd = Scale.of(1_000, 9_000);
        try (Trial trial = Trial.begin("P11", Setup.HURRY);
                Swarm swarm = new Swarm(trial.port())) {
            swarm.add(crowd, "");
            swarm.awaitAll(A_MINUTE, "all connected", member -> member.connected);
            long start = System.nanoTime();
            Peer.each(20, trial.port(), Peer::login);
            long millis = (System.nanoTime() - start) / 20 / 1_000_000;
            swarm.awaitAll(A_MINUTE, "all closed", Member::isClosed);
            trial.end(
                    "%d silent ones: close after %s; others log in within %d ms meanwhile",
                    crowd, swarm.lifetimes(), millis);
        }
    }

    @Test
    void p16_guessingLocksOutWhoGuesses() throws Exception {
        int guesses = Scale.of(1_000, 10_000);
        try (Trial trial = Trial.begin("P16", Setup.USERS);
                Swarm swarm = new Swarm(trial.port(), "127.0.0.66", 0, (member, reply) -> {})) {
            for (int i = 0; i < guesses; i++) {
                swarm.add(1, Peer.connectFrame("login:user-" + i % 50, "passcode:guess-" + i));
            }
            long start = System.nanoTime();
            int others = 3;
            for (int i = 0;
                    i < others;
                    i++) { // users who were not here before, so that theirs have to be hashed as well
                Peer.open(trial.port(), Trial.credentials(100 + i)).close();
            }
            long millis = (System.nanoTime() - start) / others / 1_000_000;
            swarm.awaitAll(Duration.ofMinutes(2), "all refused", Member::isClosed);
            assertThat(swarm.count(member -> member.got("CONNECTED"))).isZero();
            assertThat(swarm.count(member -> member.got("ERROR"))).isEqualTo(guesses);
            long refusals = trial.server().figures().lockedOut();
            assertThat(refusals).as("guesses that were not even compared").isGreaterThan(guesses / 2);
            assertThat(trial.server().log().stream().filter(line -> line.contains("connect refused")))
                    .as("lines of the log")
                    .hasSizeBetween(1, 20);
            trial.end(
                    "%d wrong passcodes from one address: ERROR, close, %d of them without being compared; others log in"
                            + " within %d ms meanwhile",
                    guesses, refusals, millis);
        }
    }

    @Test
    void f12_aStormOfReconnectsIsServed() throws Exception {
        int crowd = Scale.of(1_000, 10_000);
        try (Trial trial = Trial.begin("F12", Setup.USERS);
                Swarm first = new Swarm(trial.port());
                Swarm second = new Swarm(trial.port())) {
            int users = Math.min(Setup.USER_COUNT, crowd / 10);
            for (int user = 0; user < users; user++) {
                first.add(crowd / users, Peer.connectFrame(Trial.credentials(user)));
                if (user % 20 == 19) { // as many hashes as fit into the login deadline
                    first.awaitAll(A_MINUTE, "all connected", member -> member.got("CONNECTED"));
                }
            }
            first.awaitAll(A_MINUTE, "all connected", member -> member.got("CONNECTED"));
            first.drop();
            long start = System.nanoTime();
            for (int user = 0; user < users; user++) {
                second.add(crowd / users, Peer.connectFrame(Trial.credentials(user)));
            }
            second.awaitAll(A_MINUTE, "all connected again", member -> member.got("CONNECTED"));
            double seconds = (System.nanoTime() - start) / 1e9;
            second.drop();
            trial.end(
                    "%d clients of %d users drop and come back with login: all CONNECTED within %.1f s",
                    crowd, users, seconds);
        }
    }

    @Test
    void f13_anAddressHasALimit() throws Exception {
        int crowd = Scale.of(1_000, 10_000);
        try (Trial trial = Trial.begin("F13", Setup.CROWDED);
                Swarm swarm = new Swarm(trial.port(), "127.0.0.77", 0, (member, reply) -> {})) {
            swarm.add(crowd, Peer.connectFrame());
            swarm.awaitAll(A_MINUTE, "all answered", member -> member.got("CONNECTED") || member.isClosed());
            assertThat(swarm.count(member -> member.got("CONNECTED"))).isEqualTo(100);
            assertThat(swarm.count(member -> member.got("ERROR"))).isEqualTo(crowd - 100);
            Peer.each(20, trial.port(), Peer::login);
            swarm.drop();
            trial.end(
                    "%d sessions from one address, of which 100 may be: 100 CONNECTED, the others ERROR, close; from"
                            + " another address all are let in",
                    crowd);
        }
    }
}
