/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Every subscriber gets every message; nothing is kept. */
final class Topic implements Destination {

    private static final Subscription[] NOBODY = {};

    private final String name;
    private final DestinationPolicy policy;

    /** Replaced under this topic's lock, never changed; read without one. */
    private volatile Subscription[] subscribers = NOBODY;

    /** Written under the lock. */
    private volatile boolean gone;

    /** Whether anything happened since the last look; a race costs one more round. */
    private boolean used = true;

    Topic(String name, DestinationPolicy policy) {
        this.name = name;
        this.policy = policy;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DestinationPolicy policy() {
        return policy;
    }

    @Override
    public Outcome publish(Message message, Publisher from, @Nullable Receipt receipt) {
        if (gone) {
            return Outcome.GONE;
        }
        if (!used) {
            used = true;
        }
        for (Subscription subscription : subscribers) {
            subscription.offer(message, from);
        }
        if (receipt != null) {
            receipt.confirm();
        }
        return Outcome.TAKEN;
    }

    @Override
    public synchronized boolean subscribe(Subscription subscription) {
        if (gone) {
            return false;
        }
        used = true;
        Subscription[] more = Arrays.copyOf(subscribers, subscribers.length + 1);
        more[subscribers.length] = subscription;
        subscribers = more;
        return true;
    }

    @Override
    public synchronized void unsubscribe(Subscription subscription) {
        Subscription[] before = subscribers;
        for (int i = 0; i < before.length; i++) {
            if (before[i] == subscription) {
                Subscription[] fewer = new Subscription[before.length - 1];
                System.arraycopy(before, 0, fewer, 0, i);
                System.arraycopy(before, i + 1, fewer, i, fewer.length - i);
                subscribers = fewer.length == 0 ? NOBODY : fewer;
                return;
            }
        }
    }

    @Override
    public synchronized boolean forgetIfIdle() {
        boolean inUse = used;
        used = false;
        for (Subscription subscription : subscribers) {
            inUse |= !subscription.isPattern(); // a pattern finds it again when it comes again
        }
        gone = !inUse;
        return gone;
    }
}
