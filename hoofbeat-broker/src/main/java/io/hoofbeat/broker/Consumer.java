/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import org.jspecify.annotations.Nullable;

/** A subscription at one queue. Guarded by the queue. */
final class Consumer {
    final Subscription subscription;

    /** What was handed to it and is not settled, in the order of handing over. */
    final DeliveryList outstanding = new DeliveryList();

    /** Up to here nothing that waits matches its selector; null: from the first on it is not known. */
    @Nullable Delivery cursor;

    /** Whether its outbox will tell when there is room again. */
    boolean waitsForRoom;

    Consumer(Subscription subscription) {
        this.subscription = subscription;
    }

    boolean hasSelector() {
        return subscription.selector() != null;
    }
}
