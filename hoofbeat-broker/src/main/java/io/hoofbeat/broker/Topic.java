/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Every subscriber gets every message; nothing is kept. */
final class Topic implements Destination {

    private static final Audience NOBODY = new Audience(new @Nullable Subscription[0], 0);

    /**
     * Who subscribed, as a publisher sees it. Places are never used twice: who comes is put behind the last of the same array, which
     * audiences seen earlier do not look at; who goes leaves a hole, until there are many and the array is replaced. So thousands may
     * come and go without an array being copied for each.
     */
    @SuppressWarnings("ArrayRecordComponent") // identity is all that is asked of it
    private record Audience(@Nullable Subscription[] places, int end) {}

    private final String name;
    private final DestinationPolicy policy;
    private final OutboxMemory memory;

    /** Replaced under this topic's lock; read without one. */
    private volatile Audience audience = NOBODY;

    /** Guarded by this. */
    private int holes;

    /** Written under the lock. */
    private volatile boolean gone;

    /** Whether anything happened since the last look; a race costs one more round. */
    private boolean used = true;

    Topic(String name, DestinationPolicy policy, OutboxMemory memory) {
        this.name = name;
        this.policy = policy;
        this.memory = memory;
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
    public synchronized DestinationState state() {
        return new DestinationState(name, DestinationState.Kind.TOPIC, audience.end - holes, 0, 0, 0);
    }

    @Override
    public Outcome publish(Message message, Publisher from, @Nullable Receipt receipt) {
        if (gone) {
            return Outcome.GONE;
        }
        if (!used) {
            used = true;
        }
        Audience everyone = audience;
        @Nullable Subscription[] places = everyone.places;
        for (int i = 0; i < everyone.end; i++) {
            Subscription subscription = places[i];
            if (subscription != null) {
                subscription.offer(message, from);
            }
        }
        if (everyone.end > 0) {
            memory.published(message.size());
            from.worked(everyone.end);
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
        Audience before = audience;
        @Nullable Subscription[] places = before.end == before.places.length
                ? Arrays.copyOf(before.places, Math.max(4, before.end * 2))
                : before.places;
        places[before.end] = subscription;
        audience = new Audience(places, before.end + 1);
        return true;
    }

    @Override
    public synchronized void unsubscribe(Subscription subscription) {
        Audience everyone = audience;
        for (int i = 0; i < everyone.end; i++) {
            if (everyone.places[i] == subscription) {
                everyone.places[i] = null;
                holes++;
                break;
            }
        }
        if (holes > everyone.end / 2) {
            close(everyone);
        }
    }

    /** Makes an array without holes. */
    private void close(Audience everyone) {
        @Nullable Subscription[] places = new @Nullable Subscription[Math.max(4, everyone.end)];
        int end = 0;
        for (int i = 0; i < everyone.end; i++) {
            if (everyone.places[i] != null) {
                places[end++] = everyone.places[i];
            }
        }
        holes = 0;
        audience = end == 0 ? NOBODY : new Audience(places, end);
    }

    @Override
    public synchronized boolean forgetIfIdle() {
        boolean inUse = used;
        used = false;
        for (Subscription subscription : audience.places) {
            inUse |= subscription != null && !subscription.isPattern(); // a pattern finds it again when it comes again
        }
        gone = !inUse;
        return gone;
    }
}
