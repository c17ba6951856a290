/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who takes part in a queue, and whose turn it is. Guarded by the queue. */
final class Consumers {
    private static final int GROUP_BUCKETS = 1_024;

    private final Queue queue;

    /** Higher priority first, then as they came. */
    private final List<Consumer> all = new ArrayList<>(2);

    private int turn;
    private boolean selectors;
    private boolean priorities;

    /** The one who alone gets everything, if anyone asked for that. */
    private @Nullable Consumer exclusive;

    /** Who gets the messages of a group: by its bucket, null until one comes. */
    private @Nullable Consumer @Nullable [] groupOwners;

    Consumers(Queue queue) {
        this.queue = queue;
    }

    int size() {
        return all.size();
    }

    /** Whether nobody is there but by a pattern, which finds the queue again when it comes again. */
    boolean areAllPatterns() {
        for (Consumer consumer : all) {
            if (!consumer.subscription.isPattern()) {
                return false;
            }
        }
        return true;
    }

    boolean contains(Consumer consumer) {
        return all.contains(consumer);
    }

    Consumer add(Subscription subscription) {
        Consumer consumer = new Consumer(subscription);
        int index = 0;
        while (index < all.size() && all.get(index).subscription.priority() >= subscription.priority()) {
            index++;
        }
        all.add(index, consumer);
        turn = 0;
        selectors |= consumer.hasSelector();
        priorities |= subscription.priority() != 0;
        if (subscription.isExclusive() && exclusive == null) {
            exclusive = consumer;
        }
        return consumer;
    }

    /** Null if it is none. */
    @Nullable Consumer remove(Subscription subscription) {
        Consumer consumer = of(subscription);
        if (consumer == null) {
            return null;
        }
        all.remove(consumer);
        turn = 0;
        if (exclusive == consumer) {
            exclusive = null;
            for (Consumer other : all) {
                if (other.subscription.isExclusive()) {
                    exclusive = other;
                    break;
                }
            }
        }
        if (groupOwners != null) {
            @Nullable Consumer[] owners = groupOwners;
            Arrays.setAll(owners, i -> owners[i] == consumer ? null : owners[i]);
        }
        return consumer;
    }

    /** Null if it does not take part. */
    @Nullable Consumer of(Subscription subscription) {
        for (Consumer consumer : all) {
            if (consumer.subscription == subscription) {
                return consumer;
            }
        }
        return null;
    }

    void clear() {
        all.clear();
    }

    /** The next in turn whom the message suits and who can take it; null if there is none. */
    @Nullable Consumer next(Delivery delivery) {
        Consumer lastResort = null;
        int start = priorities ? 0 : turn;
        for (int i = 0; i < all.size(); i++) {
            int index = start + i;
            index = index < all.size() ? index : index - all.size();
            Consumer consumer = all.get(index);
            if (suits(delivery, consumer) && canTake(consumer)) {
                if (delivery.refusedBy == consumer.subscription) {
                    lastResort = consumer;
                    continue;
                }
                turn = index + 1 == all.size() ? 0 : index + 1;
                return consumer;
            }
        }
        return lastResort;
    }

    /** Whether he may have it, credit and room apart. */
    boolean suits(Delivery delivery, Consumer consumer) {
        if (exclusive != null && exclusive != consumer) {
            return false;
        }
        if (consumer.subscription.isUnwanted(delivery.message)) {
            return false;
        }
        return delivery.group == null || isOwner(delivery.group, consumer);
    }

    /** Whether somebody else than who refused it may have it. */
    boolean isThereAnother(Delivery delivery) {
        for (Consumer consumer : all) {
            if (consumer.subscription != delivery.refusedBy && suits(delivery, consumer)) {
                return true;
            }
        }
        return false;
    }

    private boolean isOwner(String group, Consumer consumer) {
        if (groupOwners == null) {
            return true;
        }
        Consumer owner = groupOwners[bucket(group)];
        return owner == null || owner == consumer;
    }

    /** From now on the messages of that group are his, until he leaves. */
    void own(@Nullable String group, Consumer consumer) {
        if (group != null) {
            if (groupOwners == null) {
                groupOwners = new Consumer[GROUP_BUCKETS];
            }
            groupOwners[bucket(group)] = consumer;
        }
    }

    private static int bucket(String group) {
        int hash = group.hashCode();
        return (hash ^ (hash >>> 16)) & (GROUP_BUCKETS - 1);
    }

    /** Whether he has credit and his outbox room; if it is the room, the queue is told when there is. */
    boolean canTake(Consumer consumer) {
        Subscription subscription = consumer.subscription;
        if (!subscription.hasCredit()) {
            return false;
        }
        if (subscription.outbox().hasRoom()) {
            return true;
        }
        if (!consumer.waitsForRoom) {
            consumer.waitsForRoom = subscription.outbox().whenRoom(() -> queue.roomAgain(consumer));
            return !consumer.waitsForRoom;
        }
        return false;
    }

    boolean anyCanTake() {
        for (Consumer consumer : all) {
            if (canTake(consumer)) {
                return true;
            }
        }
        return false;
    }

    /** What waits has changed in the middle: everybody with a selector looks through all of it next time. */
    void resetCursors() {
        if (selectors) {
            for (Consumer consumer : all) {
                consumer.cursor = null;
            }
        }
    }

    /** The message is about to leave what waits. */
    void leave(Delivery delivery) {
        if (selectors) {
            for (Consumer consumer : all) {
                if (consumer.cursor == delivery) {
                    consumer.cursor = delivery.previous;
                }
            }
        }
    }
}
