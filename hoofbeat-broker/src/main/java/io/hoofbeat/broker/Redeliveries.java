/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The refused messages of a queue until they may be delivered again, later each time. Guarded by the queue. */
final class Redeliveries {
    private final DestinationPolicy policy;

    /** Null until there is one. */
    private @Nullable PriorityQueue<Delivery> delayed;

    Redeliveries(DestinationPolicy policy) {
        this.policy = policy;
    }

    /** Nanoseconds that it has to wait: doubled with each delivery, up to a bound. */
    long delayNanos(Delivery delivery) {
        long delay = policy.redeliveryDelay().toNanos();
        long most = policy.maxRedeliveryDelay().toNanos();
        for (int i = 1; i < delivery.deliveries && delay < most; i++) {
            delay *= 2;
        }
        return Math.min(delay, most);
    }

    /** Keeps it until then. */
    void add(Delivery delivery, long dueNanos) {
        if (delayed == null) {
            delayed = new PriorityQueue<>(Comparator.comparingLong((Delivery d) -> d.dueNanos));
        }
        delivery.dueNanos = dueNanos;
        delayed.add(delivery);
    }

    /** Takes out those whose time has come. */
    List<Delivery> due(long nowNanos) {
        List<Delivery> due = new ArrayList<>(1);
        while (delayed != null && !delayed.isEmpty() && delayed.peek().dueNanos - nowNanos <= 0) {
            Delivery delivery = delayed.remove();
            delivery.dueNanos = 0;
            due.add(delivery);
        }
        return due;
    }

    void clear() {
        delayed = null;
    }
}
