/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * What waits for all sessions together, and who has to go when it is too much.
 *
 * <p>A message to thousands of subscribers waits in thousands of outboxes, and is one message. To know at each moment who holds what
 * would take a count that all threads share for each delivery, which is too dear. So the sum is estimated from above: what waited when
 * it was looked at last, and everything that was published since - one addition for each message, however many get it. Only when that
 * passes three quarters of the limit are all outboxes looked through, by whoever published last. A message then counts once, and for
 * each room that holds it in equal parts: thousands that share a message are not the fullest.
 *
 * <p>Past the three quarters rooms that have more than the average get no more until they are nearly empty: publishers are held by
 * {@link Patience}, and who reads is well again soon. Past the limit the slow-consumer policy applies to those who do not take what
 * they have, the fullest first; past half as much again to anybody, the fullest first. Any thread.
 */
final class OutboxMemory {

    /** One room's part. */
    private record Part(WaitingRoom room, long octets, boolean stuck) {}

    private final long limit;
    private final long comfortable;

    /** How much has to come between two looks. */
    private final long step;

    private final Set<WaitingRoom> rooms = ConcurrentHashMap.newKeySet();

    /** What waited at the last look, and what has been published since. */
    private final AtomicLong messages = new AtomicLong();

    /** The arrays of the outboxes, which are nobody else's; exact. */
    private final AtomicLong arrays = new AtomicLong();

    /** Messages that were written, for those who count. */
    private final LongAdder delivered = new LongAdder();

    private final AtomicBoolean looking = new AtomicBoolean();

    /** The estimate at which to look again. */
    private volatile long nextLook;

    /** The number of the look; guarded by {@link #looking}. */
    private int look;

    OutboxMemory(long limit) {
        this.limit = limit;
        this.comfortable = limit / 4 * 3;
        this.step = limit / 16;
        this.nextLook = comfortable;
    }

    void add(WaitingRoom room) {
        rooms.add(room);
    }

    void remove(WaitingRoom room) {
        rooms.remove(room);
    }

    /** An array has grown, or shrunk. May be called under a room's lock. */
    void resized(long octets) {
        arrays.addAndGet(octets);
    }

    /** A message was put into one room or many, or frames into one. Not under a room's lock. */
    void published(long octets) {
        if (messages.addAndGet(octets) + arrays.get() > nextLook && looking.compareAndSet(false, true)) {
            try {
                look();
            } finally {
                looking.set(false);
            }
        }
    }

    /** So many messages were written by one drain. */
    void delivered(int more) {
        delivered.add(more);
    }

    /** Messages that were written so far. */
    long delivered() {
        return delivered.sum();
    }

    /** About the octets that wait, rather too many than too few. */
    long estimate() {
        return messages.get() + arrays.get();
    }

    private void look() {
        look++;
        long before = messages.get();
        Counter counter = new Counter();
        long total = 0;
        for (WaitingRoom room : rooms) {
            total += room.visit(counter);
        }
        total += counter.octets;
        messages.addAndGet(total - arrays.get() - before);
        if (total > comfortable) {
            total = makeRoom(total);
        }
        nextLook = Math.max(comfortable, total + step);
    }

    /** Counts each message once, and how many hold it. */
    private final class Counter implements Consumer<Message> {
        private long octets;

        @Override
        public void accept(Message message) {
            if (message.look == look) {
                message.holders++;
            } else {
                message.look = look;
                message.holders = 1;
                octets += message.size();
            }
        }
    }

    /** Adds up the parts of one room. */
    private final class Weigher implements Consumer<Message> {
        private long octets;

        @Override
        public void accept(Message message) {
            octets += message.look == look ? message.size() / message.holders : message.size();
        }
    }

    /** What is left when those have been put out who were. */
    private long makeRoom(long total) {
        List<Part> parts = new ArrayList<>();
        for (WaitingRoom room : rooms) {
            Weigher weigher = new Weigher();
            long own = room.visit(weigher);
            if (own + weigher.octets > 0) {
                parts.add(new Part(room, own + weigher.octets, room.isStuck()));
            }
        }
        long average = total / Math.max(1, parts.size());
        for (Part part : parts) {
            if (part.octets >= average) {
                part.room.squeeze();
            }
        }
        return total > limit ? shed(parts, total) : total;
    }

    private long shed(List<Part> parts, long total) {
        parts.sort(Comparator.comparing(Part::stuck)
                .thenComparingLong(Part::octets)
                .reversed());
        long left = total;
        for (Part part : parts) {
            if (left <= (part.stuck ? comfortable : limit + limit / 2)) {
                break;
            }
            part.room.shed();
            left -= part.octets;
        }
        return left;
    }
}
