/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import org.jspecify.annotations.Nullable;

/** Anything one can publish and subscribe to. */
interface Destination {

    /** What became of a message. */
    enum Outcome {
        /** It is the destination's; the receipt is confirmed by it, at once or later. */
        TAKEN,
        /** There is no room; the publisher was stalled and tries again when released. */
        HELD,
        /** There is no room, and nobody is to wait for it. */
        REJECTED,
        /** The destination was forgotten meanwhile; look it up again. */
        GONE
    }

    String name();

    DestinationPolicy policy();

    /** What it is like just now. Any thread. */
    DestinationState state();

    /** Takes the message or says why not. Called by any thread. */
    Outcome publish(Message message, Publisher from, @Nullable Receipt receipt);

    /** Promises room for that much, so that a transaction cannot fail half-way; TAKEN, HELD, REJECTED or GONE. */
    default Outcome reserve(int messages, long bytes, Publisher from) {
        return Outcome.TAKEN;
    }

    /** Gives back what was promised and not used; {@link #publishReserved} uses it. */
    default void unreserve(int messages, long bytes) {}

    /** Publishes what room was reserved for; cannot fail. */
    default void publishReserved(Message message, Publisher from) {
        publish(message, from, null);
    }

    /** Whether it was done; false: the destination was forgotten meanwhile. */
    boolean subscribe(Subscription subscription);

    /** From now on nothing more; what the subscription has not settled goes back. */
    void unsubscribe(Subscription subscription);

    /** Goes away if nobody uses it: no subscriber, no message, nothing since the last call. */
    boolean forgetIfIdle();
}
