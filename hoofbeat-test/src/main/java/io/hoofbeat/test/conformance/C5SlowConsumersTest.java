/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.broker.DestinationPolicy.SlowConsumer;
import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.ResourceLock;

/** STOMP.md SX-SLOW-1: a consumer that does not read, beside 99 that do. */
@Tag("WS-SIZE-3")
@ResourceLock(Requirement.PROCESSORS)
@DisplayName("C5 Slow consumers")
class C5SlowConsumersTest {
    private static final int MESSAGES = 300;

    @Requirement(versions = "1.2", setup = Setup.SLOW, reading = true)
    @Tag("SX-HB-6")
    void sx_slow_1_itIsDisconnectedAndToldWhy(Scene scene) {
        StompPeer frozen = frozen(scene, SlowConsumer.DISCONNECT);
        Crowd crowd = new Crowd(scene, topic(scene, SlowConsumer.DISCONNECT), 99);
        // The server tries for two seconds to tell it, so it has to read by then.
        CompletableFuture<PeerFrame> told = Aside.get(() -> {
            ((LocalServer) scene.target).events().awaitEnd(String.valueOf(frozen.session()), Duration.ofSeconds(20));
            return frozen.take(frame -> frame.command().equals("ERROR"), "ERROR");
        });
        crowd.publish(MESSAGES);
        crowd.expectAllInOrderWithin(1_500);
        assertThat(told.join().value("message")).contains("slow");
        assertThat(frozen.readUntilEnd(Duration.ofSeconds(5))).isTrue();
        assertThat(frozen.pending()).allMatch(frame -> frame.command().equals("MESSAGE"));
    }

    @Requirement(versions = "1.2", setup = Setup.SLOW, reading = true)
    void sx_slow_1_itLosesTheOldest(Scene scene) {
        List<PeerFrame> got = thaw(scene, play(scene, SlowConsumer.DROP_OLDEST), SlowConsumer.DROP_OLDEST);
        int size = got.size();
        for (int i = 2; i <= 50; i++) { // behind the gap everything is there up to the end
            assertThat(number(got.get(size - i))).isEqualTo(MESSAGES + 1 - i);
        }
    }

    @Requirement(versions = "1.2", setup = Setup.SLOW, reading = true)
    void sx_slow_1_itLosesTheNewest(Scene scene) {
        List<PeerFrame> got = thaw(scene, play(scene, SlowConsumer.DROP_NEWEST), SlowConsumer.DROP_NEWEST);
        for (int i = 0; i < got.size() - 1; i++) { // in front of the gap everything is there from the begin
            assertThat(number(got.get(i))).isEqualTo(i);
        }
    }

    @Requirement(versions = "1.2", setup = Setup.SLOW, reading = true)
    void sx_slow_1_itGetsTheLatestOfEachKey(Scene scene) {
        List<PeerFrame> got = thaw(scene, play(scene, SlowConsumer.KEEP_LATEST), SlowConsumer.KEEP_LATEST);
        Map<String, Integer> latest = new HashMap<>();
        got.subList(0, got.size() - 1).forEach(message -> latest.put(message.value("key"), number(message)));
        for (int key = 0; key < Crowd.KEYS; key++) {
            assertThat(latest.get("k" + key)).as("key %d", key).isEqualTo(MESSAGES - Crowd.KEYS + key);
        }
    }

    /** 99 that read get everything in time; the one that did not is given back. */
    private static StompPeer play(Scene scene, SlowConsumer policy) {
        StompPeer frozen = frozen(scene, policy);
        Crowd crowd = new Crowd(scene, topic(scene, policy), 99);
        crowd.publish(MESSAGES);
        crowd.expectAllInOrderWithin(1_500);
        return frozen;
    }

    private static StompPeer frozen(Scene scene, SlowConsumer policy) {
        StompPeer frozen = scene.add(scene.builder()
                .receiveBuffer(4_096)
                .timeout(Duration.ofSeconds(10))
                .connect());
        frozen.open(scene.version);
        frozen.subscribe(topic(scene, policy));
        Crowd.fill(scene, frozen);
        return frozen;
    }

    private static String topic(Scene scene, SlowConsumer policy) {
        return "/topic/" + policy.text() + "/" + scene.name();
    }

    /** Lets it read: it gets what was kept, is told what was not, and nothing is missing in the sum. */
    private static List<PeerFrame> thaw(Scene scene, StompPeer frozen, SlowConsumer policy) {
        List<PeerFrame> got = new ArrayList<>();
        for (PeerFrame message = frozen.poll(1_000); message != null; message = frozen.poll(1_000)) {
            if (!Crowd.isFilling(message)) {
                got.add(message);
            }
        }
        scene.publish(topic(scene, policy), "the end");
        while (got.isEmpty() || !got.get(got.size() - 1).text().equals("the end")) {
            got.add(frozen.expect("MESSAGE"));
        }
        long dropped = ((LocalServer) scene.target).events().dropped(topic(scene, policy));
        assertThat(dropped).as("dropped").isPositive();
        assertThat(got.size() + dropped).as("kept and dropped").isEqualTo(MESSAGES + 1L);
        long told = got.stream()
                .filter(message -> message.has("dropped-messages"))
                .mapToLong(message -> Long.parseLong(message.value("dropped-messages")))
                .sum();
        assertThat(told).as("dropped, as told to the subscriber").isEqualTo(dropped);
        return got;
    }

    private static int number(PeerFrame message) {
        return Crowd.number(message);
    }

    @Requirement(versions = "1.2", setup = Setup.SLOW, reading = true)
    void sx_slow_1_aQueueKeepsAll(Scene scene) {
        StompPeer frozen = scene.add(scene.builder().receiveBuffer(4_096).connect());
        frozen.open(scene.version);
        frozen.subscribe(scene.queue(), "ack:client", "prefetch-count:1000");
        StompPeer publisher = scene.client();
        long start = System.nanoTime();
        for (int i = 0; i < MESSAGES; i++) {
            publisher.send("SEND⏎destination:{Q1}⏎⏎" + i + " " + "x".repeat(4_096) + "␀");
        }
        publisher.sync(); // nobody is stalled
        assertThat(Beats.millis(System.nanoTime() - start)).isLessThan(4_000 + Jitter.millis());
        scene.kill(frozen);
        StompPeer consumer = scene.watcher(scene.queue());
        for (int i = 0; i < MESSAGES; i++) {
            assertThat(Crowd.number(consumer.expect("MESSAGE"))).isEqualTo(i);
        }
        consumer.expectNothing();
    }
}
