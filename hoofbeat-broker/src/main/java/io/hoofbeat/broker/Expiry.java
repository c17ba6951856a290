/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.ProtocolException;
import org.jspecify.annotations.Nullable;

/** Until when a message is good, in the spelling of whatever broker its sender had in mind. */
final class Expiry {
    private Expiry() {}

    /**
     * By the wall clock, 0: for ever. {@code expires} is a time (ActiveMQ, Artemis, Apollo), {@code expiration} (RabbitMQ) and
     * {@code ttl} (Apollo) are milliseconds from now.
     */
    static long of(Headers headers, DestinationPolicy policy, Broker broker) {
        String expires = headers.get("expires");
        if (expires != null) {
            long at = number("expires", expires);
            return Math.max(0, at);
        }
        String name = headers.contains("expiration") ? "expiration" : "ttl";
        String left = headers.get(name);
        if (left != null) {
            return after(number(name, left), broker.currentTimeMillis());
        }
        return policy.timeToLive() == null ? 0 : after(policy.timeToLive().toMillis(), broker.currentTimeMillis());
    }

    private static long after(long millis, long nowMillis) {
        return millis < 0 || millis > Long.MAX_VALUE - nowMillis ? 0 : nowMillis + millis;
    }

    private static long number(String name, @Nullable String value) {
        try {
            return value == null ? 0 : Long.parseLong(value.strip());
        } catch (NumberFormatException e) {
            throw new ProtocolException(
                    ProtocolException.Kind.BAD_FRAME, name + " must be a number of milliseconds, not '" + value + "'");
        }
    }
}
