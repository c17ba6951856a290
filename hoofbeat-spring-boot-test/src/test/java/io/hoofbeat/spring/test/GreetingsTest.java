/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.spring.test.Greetings.Greeting;
import io.hoofbeat.spring.test.Greetings.HelloMessage;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** As users write it; the page shows it. */
@HoofbeatTest(properties = "hoofbeat.queues=/queue/orders")
class GreetingsTest {

    @Test
    void everybodyIsGreeted(StompProbes probes) {
        StompProbe ada = probes.to("/private/ws").basicAuth("ada", "lace").connect();
        StompProbe bob = probes.connect("/ws");
        ProbeSubscription greetings = bob.subscribe("/topic/greetings");

        ada.send("/app/hello", new HelloMessage("Ada"));

        assertThat(greetings.await().as(Greeting.class).content()).isEqualTo("Hello, Ada!");
        greetings.expectNone(Duration.ofMillis(200));
    }

    @Test
    void nobodyIsRefused(StompProbes probes) {
        StompProbe eve = probes.connect("/ws");

        StompFrame error = eve.sendRefused("/app/hello", new HelloMessage(""));

        assertThat(error.header("message")).isEqualTo("the handler of /app/hello failed");
        eve.awaitClosed();
    }

    @Test
    void orderComesBackUntilItIsAcknowledged(StompProbes probes) {
        StompProbe worker = probes.connect("/ws");
        ProbeSubscription orders = worker.subscribe("/queue/orders", "ack:client-individual");

        probes.connect("/ws").send("/queue/orders", "1 teapot");

        worker.nack(orders.await("1 teapot"));
        StompFrame again = orders.await();
        assertThat(again.header("redelivered")).isEqualTo("true");
        worker.ack(again);
    }
}
