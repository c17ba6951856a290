/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.broker.Exchange;
import io.hoofbeat.test.StompPeer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Looks at our own server from within, by its Java API: application code at a destination of its own, {@code {handler}}. */
final class Inside {

    private Inside() {}

    /** What a handler sees as the value of that header when the script is sent to it. */
    static @Nullable String headerSeen(Scene scene, String script, String header) {
        String value = handled(
                        scene,
                        client -> client.send(script),
                        exchange -> exchange.headers().contains(header)
                                ? "=" + exchange.headers().get(header)
                                : "none",
                        1)
                .get(0);
        return value.equals("none") ? null : value.substring(1);
    }

    /** The bodies that a handler gets, in its order. */
    static List<String> handled(Scene scene, Consumer<StompPeer> publisher, int count) {
        return handled(scene, publisher, Exchange::text, count);
    }

    private static List<String> handled(
            Scene scene, Consumer<StompPeer> publisher, Function<Exchange, String> view, int count) {
        String destination = "/app/" + scene.name();
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        ((LocalServer) scene.target).broker().handle(destination, exchange -> seen.add(view.apply(exchange)));
        publisher.accept(scene.client().let("handler", destination));
        List<String> handled = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                String next = seen.poll(5, TimeUnit.SECONDS);
                assertThat(next).as("message %d", i).isNotNull();
                handled.add(String.valueOf(next));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        return handled;
    }
}
