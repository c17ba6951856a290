/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** For {@code /actuator/health}: up while the broker runs. An application with another broker has nothing to say here. */
final class BrokerHealth extends AbstractHealthIndicator {
    private final BrokerSlot slot;

    BrokerHealth(BrokerSlot slot) {
        super("the state of the broker could not be found out");
        this.slot = slot;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        @Nullable SpringBroker broker = slot.broker();
        if (broker == null) {
            health.unknown().withDetail("broker", "Spring's own");
        } else if (broker.isRunning()) {
            health.up().withDetail("sessions", broker.broker().sessionCount());
        } else {
            health.down().withDetail("broker", "does not run");
        }
    }
}
