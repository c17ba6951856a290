/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A row of the table in STOMP.md A11, measured. */
final class Beats {

    private Beats() {}

    /**
     * Measures both directions of a connection whose client says that.
     *
     * @param offer the client's {@code heart-beat}
     * @param fromClient how often the client has to send, in milliseconds; 0: never
     * @param fromServer how often the server has to send
     */
    static void check(Scene scene, String offer, int fromClient, int fromServer) {
        StompPeer silent = scene.fresh();
        CompletableFuture<Void> silence = Aside.run(() -> checkSilence(scene, silent, offer, fromClient));
        StompPeer lively = scene.fresh();
        lively.open(scene.version, "heart-beat:" + offer);
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.max(3_000, 6L * fromServer));
        int before = lively.arrivals().size();
        while (System.nanoTime() < end) {
            lively.send("⏎").readFor(Duration.ofMillis(150));
        }
        assertThat(lively.hasEnded()).as("closed although it sent line ends").isFalse();
        List<Long> arrivals =
                lively.arrivals().subList(before, lively.arrivals().size());
        if (fromServer == 0) {
            assertThat(arrivals).as("beats that nobody wants").isEmpty();
        } else {
            checkGaps(arrivals, fromServer);
        }
        silence.join();
    }

    private static void checkSilence(Scene scene, StompPeer silent, String offer, int fromClient) {
        long before = System.nanoTime();
        silent.open(scene.version, "heart-beat:" + offer);
        long after = System.nanoTime();
        if (fromClient == 0) {
            silent.expectSilence(Duration.ofSeconds(3));
            assertThat(silent.hasEnded()).as("silence was punished").isFalse();
            silent.sync();
            return;
        }
        long tolerance = Math.max(2L * fromClient, fromClient + 1_000L);
        expectEnd(silent, before, tolerance, after, tolerance + 600);
    }

    /** The server ends it not sooner than so long after the first moment, and not later than so long after the second. */
    static void expectEnd(StompPeer peer, long before, long least, long after, long most) {
        assertThat(peer.readUntilEnd(Duration.ofMillis(most + 3_000)))
                .as("closed")
                .isTrue();
        assertThat(millis(peer.endNanos() - before)).as("closed too soon").isGreaterThanOrEqualTo(least - 5);
        assertThat(millis(peer.endNanos() - after)).as("closed too late").isLessThanOrEqualTo(most + Jitter.millis());
    }

    /** Reads that many intervals in silence, and looks at the gaps. */
    static void expectGaps(StompPeer peer, int intervals, int interval) {
        int before = peer.arrivals().size();
        peer.expectSilence(Duration.ofMillis((long) intervals * interval));
        checkGaps(peer.arrivals().subList(before, peer.arrivals().size()), interval);
    }

    /** No gap above the interval, and on average not below half of it. */
    private static void checkGaps(List<Long> arrivals, int interval) {
        assertThat(arrivals).as("beats").hasSizeGreaterThan(2);
        long allowed = interval + 2 * Jitter.millis(); // either end may be late
        for (int i = 1; i < arrivals.size(); i++) {
            assertThat(millis(arrivals.get(i) - arrivals.get(i - 1)))
                    .as("gap %d of an interval of %d", i, interval)
                    .isLessThanOrEqualTo(allowed);
        }
        long mean = millis(arrivals.get(arrivals.size() - 1) - arrivals.get(0)) / (arrivals.size() - 1);
        assertThat(mean).as("mean gap").isBetween(interval / 2L - 20, allowed);
    }

    static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
