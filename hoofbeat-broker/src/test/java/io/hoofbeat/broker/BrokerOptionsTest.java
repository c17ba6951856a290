/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.broker.DestinationPolicy.Kind;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BrokerOptionsTest {

    @Test
    void builderOfOptionsHasAllOfThem() {
        BrokerOptions options = BrokerOptions.builder()
                .maxHeaders(17)
                .heartBeatSend(Duration.ofMillis(123))
                .heartBeatReceive(Duration.ofMillis(456))
                .heartBeatTolerance(3)
                .connectTimeout(Duration.ofSeconds(11))
                .frameTimeout(Duration.ofSeconds(12))
                .silenceTimeout(Duration.ofSeconds(13))
                .virtualHosts(Set.of("a", "b"))
                .serverHeader(false)
                .strict(true)
                .maxSessions(14)
                .maxSessionsPerAddress(15)
                .maxSubscriptions(16)
                .maxTransactions(17)
                .maxTransactionFrames(18)
                .maxTransactionBytes(19_000)
                .transactionTimeout(Duration.ofSeconds(20))
                .maxDestinations(21)
                .idleDestination(Duration.ofSeconds(22))
                .maxDestinationBytes(23)
                .prefetch(24)
                .maxPrefetch(25)
                .ackTimeout(Duration.ofSeconds(26))
                .outboxHighWater(27_000)
                .outboxLowWater(2_800)
                .stallTime(Duration.ofSeconds(29))
                .maxBacklog(30)
                .maxQueueBytes(310_000)
                .policy(DestinationPolicy.builder("/x/**", Kind.QUEUE).build())
                .listener(new BrokerListener() {})
                .build();
        assertThat(options.toBuilder().build()).isEqualTo(options);
    }
}
