/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.util.ArrayList;
import java.util.List;

/**
 * How much is in a queue, how much may be - by its policy, and by the memory that all queues share - and who waits for room. Guarded by
 * the queue, except where a method says any thread.
 */
final class Capacity {

    /** Octets up to which a queue may have some of what is reserved of the memory of all. */
    private static final long NEXT_TO_NOTHING = 64 * 1024;

    private final Queue queue;
    private final DestinationPolicy policy;
    private final SharedMemory memory;
    private int messages;
    private long bytes;
    private int reservedMessages;
    private long reservedBytes;
    private List<Publisher> held = new ArrayList<>(0);

    Capacity(Queue queue, DestinationPolicy policy, SharedMemory memory) {
        this.queue = queue;
        this.policy = policy;
        this.memory = memory;
    }

    /** Messages that wait or are out. */
    int messages() {
        return messages;
    }

    /** Octets of theirs. */
    long bytes() {
        return bytes;
    }

    boolean isUnused() {
        return messages == 0 && reservedMessages == 0 && held.isEmpty();
    }

    // ---- the memory of all queues

    /** Whether there was room among all queues, which is taken then. Outside the queue's lock; any thread. */
    boolean takeMemory(long more) {
        return memory.take(more) || (hasNextToNothing(more) && memory.takeReserved(more));
    }

    private boolean hasNextToNothing(long more) {
        synchronized (queue) {
            return bytes + reservedBytes + more <= NEXT_TO_NOTHING;
        }
    }

    /** Gives back what was taken and not used. Any thread. */
    void giveMemory(long fewer) {
        memory.give(fewer);
    }

    /** Whether the publisher, which is about to stall, will be released when there is room among all queues. Any thread. */
    boolean awaitMemory(Publisher from, long more) {
        return memory.await(from, more);
    }

    // ---- the queue's own

    boolean fits(int more, long moreBytes) {
        return messages + reservedMessages + more <= policy.maxMessages()
                && bytes + reservedBytes + moreBytes <= policy.maxBytes();
    }

    /** Whether it would fit if nothing were there. */
    boolean couldFit(int more, long moreBytes) {
        return more <= policy.maxMessages() && moreBytes <= policy.maxBytes();
    }

    void add(Message message) {
        messages++;
        bytes += message.size();
    }

    /** It is no longer in the queue. */
    void remove(Message message) {
        messages--;
        bytes -= message.size();
        memory.give(message.size());
    }

    void reserve(int more, long moreBytes) {
        reservedMessages += more;
        reservedBytes += moreBytes;
    }

    /** What was reserved is used, or is not needed. */
    void unreserve(int fewer, long fewerBytes) {
        reservedMessages -= fewer;
        reservedBytes -= fewerBytes;
    }

    /** Keeps a publisher, which is about to stall, until there is room. */
    void hold(Publisher from) {
        held.add(from);
    }

    /** Lets go those for whom there is room now. Outside the queue's lock; any thread. */
    void releaseHeld() {
        List<Publisher> released;
        synchronized (queue) {
            if (held.isEmpty() || !fits(1, 0)) {
                return;
            }
            released = takeHeld();
        }
        released.forEach(Publisher::release);
    }

    private List<Publisher> takeHeld() {
        List<Publisher> taken = held;
        held = new ArrayList<>(0);
        return taken;
    }

    /** The queue is no more; the publishers that are to be released. */
    List<Publisher> end() {
        memory.give(bytes);
        messages = 0;
        bytes = 0;
        return takeHeld();
    }
}
