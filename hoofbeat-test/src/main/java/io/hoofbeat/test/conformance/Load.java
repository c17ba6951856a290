/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** A connection that publishes numbered messages to a destination until it is stopped. */
final class Load {
    private final AtomicBoolean enough = new AtomicBoolean();
    private final CompletableFuture<Integer> published;

    private Load(StompPeer publisher, String destination) {
        this.published = Aside.get(() -> {
            int number = 0;
            while (!enough.get()) {
                publisher
                        .send("SEND⏎destination:" + destination + "⏎⏎" + number++ + "␀")
                        .sync();
                publisher.readFor(Duration.ofMillis(1));
            }
            return number;
        });
    }

    static Load on(Scene scene, String destination) {
        return new Load(scene.client("1.2"), destination);
    }

    /** How many it has published. */
    int stop() {
        enough.set(true);
        return published.join();
    }
}
