/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.protocol.Frame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way to one session: many threads offer, the session's own thread drains.
 *
 * <p>Whoever offers puts an item into an array under a short lock; the drain takes the whole array and leaves an empty one. An
 * item is three places side by side - a subscription, a message, and for queues its delivery; or a frame alone - so that handing
 * a message to a subscriber allocates nothing. Waking the connection is due when the outbox was asleep, which a drain that wrote
 * everything leaves it.
 *
 * <p>What waits is counted in octets. Past the high-water mark there is <em>no room</em>: queues pause, publishers to topics are
 * held (see {@link Patience}). What waits for room is told when the count has sunk to the low-water mark.
 */
public final class Outbox {

    private static final Object BEAT = new Object();
    private static final Object[] EMPTY = {};
    private static final int STRIDE = 3;
    private static final int FRAME_SIZE = 128;
    private static final int BEAT_SIZE = 1;

    /** Arrays longer than this are not kept when they are empty. */
    private static final int KEPT = 32 * STRIDE;

    private final Connection connection;
    private final long highWater;
    private final long lowWater;

    /** Guarded by this, as is all that follows up to the drain's own. */
    private Object[] incoming = EMPTY;

    private int incomingEnd;

    /** Changed under the lock, read without it where a moment does not matter. */
    private volatile long bytes;

    private boolean awake;
    private boolean closed;
    private @Nullable List<Runnable> waiting;

    /** The drain's own: what it took and has not written so far. */
    private Object[] outgoing = EMPTY;

    private int outgoingNext;
    private int outgoingEnd;
    private List<Delivery> consumed = new ArrayList<>(0);
    private volatile long written;

    Outbox(Connection connection, long highWater, long lowWater) {
        this.connection = connection;
        this.highWater = highWater;
        this.lowWater = lowWater;
    }

    /** Whether there is nothing to write. Any thread; a moment later it may be otherwise. */
    public boolean isEmpty() {
        return bytes == 0;
    }

    /** Octets that wait, about. Any thread. */
    public long bytes() {
        return bytes;
    }

    /** How many octets were written in all; that it grows shows that the peer reads. Any thread. */
    long written() {
        return written;
    }

    boolean hasRoom() {
        return bytes < highWater;
    }

    /** A frame of the server's own. Any thread. */
    void offer(Frame frame) {
        put(frame, null, null, FRAME_SIZE);
    }

    /** A heart-beat, unless something is going to be written anyway. */
    void beat() {
        if (isEmpty()) {
            put(BEAT, null, null, BEAT_SIZE);
        }
    }

    /**
     * A message for a subscription. It is taken in any case. Any thread.
     *
     * @return whether there was room for it
     */
    boolean offer(Subscription subscription, Message message, @Nullable Delivery delivery) {
        return put(subscription, message, delivery, message.size());
    }

    private boolean put(Object first, @Nullable Object second, @Nullable Object third, int size) {
        boolean room;
        synchronized (this) {
            if (closed) {
                return true;
            }
            int end = incomingEnd;
            if (end == incoming.length) {
                incoming = Arrays.copyOf(incoming, Math.max(4 * STRIDE, end * 2));
            }
            incoming[end] = first;
            incoming[end + 1] = second;
            incoming[end + 2] = third;
            incomingEnd = end + STRIDE;
            room = bytes < highWater; // a message of any size may be alone past it
            bytes += size;
            if (awake) {
                return room;
            }
            awake = true;
        }
        connection.wake();
        return room;
    }

    /**
     * Writes what has gathered while the sink has room. Session's thread.
     *
     * @return whether everything was written; if not, the transport drains again when it has room, without being woken
     */
    public boolean drain(Sink sink) {
        long done = 0;
        boolean everything = false;
        while (sink.hasRoom()) {
            if (outgoingNext == outgoingEnd) {
                boolean more = take(done);
                done = 0;
                if (!more) {
                    everything = true;
                    break;
                }
            }
            int next = outgoingNext;
            outgoingNext = next + STRIDE;
            done += write(outgoing[next], (Message) outgoing[next + 1], (Delivery) outgoing[next + 2], sink);
            outgoing[next] = outgoing[next + 1] = outgoing[next + 2] = null;
        }
        List<Runnable> ready = count(done);
        settleConsumed();
        if (ready != null) {
            ready.forEach(Runnable::run);
        }
        return everything;
    }

    /** Writes one item and tells its size. */
    private long write(@Nullable Object first, @Nullable Message message, @Nullable Delivery delivery, Sink sink) {
        if (first instanceof Subscription subscription && message != null) {
            if (delivery == null) {
                sink.message(subscription, message, null);
            } else if (delivery.isWith(subscription)) {
                sink.message(subscription, message, delivery);
                if (subscription.written(delivery)) {
                    consumed.add(delivery);
                }
            }
            return message.size();
        }
        if (first instanceof Frame frame) {
            sink.frame(frame);
            return FRAME_SIZE;
        }
        sink.beat();
        return BEAT_SIZE;
    }

    /** What is consumed by being written (S10-SUB-12) is settled once for each drain. */
    private void settleConsumed() {
        if (!consumed.isEmpty()) {
            List<Delivery> done = consumed;
            consumed = new ArrayList<>(done.size());
            Queue.settle(done, Settlement.ACKNOWLEDGED);
        }
    }

    /** Swaps the arrays; false and asleep if nothing has come. */
    private synchronized boolean take(long done) {
        bytes -= done;
        written += done;
        if (incomingEnd == 0) {
            awake = false;
            return false;
        }
        Object[] empty = outgoing.length > KEPT ? EMPTY : outgoing;
        outgoing = incoming;
        outgoingEnd = incomingEnd;
        outgoingNext = 0;
        incoming = empty;
        incomingEnd = 0;
        return true;
    }

    private synchronized @Nullable List<Runnable> count(long done) {
        bytes -= done;
        written += done;
        if (waiting == null || bytes > lowWater) {
            return null;
        }
        List<Runnable> ready = waiting;
        waiting = null;
        return ready;
    }

    /** Runs the task, on the session's thread, when the low-water mark is reached; false if there is room now. Any thread. */
    synchronized boolean whenRoom(Runnable task) {
        if (bytes < highWater) {
            return false;
        }
        if (waiting == null) {
            waiting = new ArrayList<>(2);
        }
        waiting.add(task);
        return true;
    }

    /** Throws away what waits, all but frames of the server's own, so that an ERROR comes next. Session's thread. */
    void clear() {
        List<Runnable> ready;
        synchronized (this) {
            incomingEnd = keepFrames(incoming, 0, incomingEnd);
            outgoingEnd = keepFrames(outgoing, outgoingNext, outgoingEnd);
            bytes = FRAME_SIZE * ((long) incomingEnd + outgoingEnd - outgoingNext) / STRIDE;
            ready = waiting;
            waiting = null;
        }
        if (ready != null) {
            ready.forEach(Runnable::run);
        }
    }

    private static int keepFrames(Object[] items, int start, int end) {
        int kept = start;
        for (int i = start; i < end; i += STRIDE) {
            if (items[i] instanceof Frame) {
                items[kept] = items[i];
                items[kept + 1] = items[kept + 2] = null;
                kept += STRIDE;
            }
        }
        Arrays.fill(items, kept, end, null);
        return kept;
    }

    /** Takes nothing any more, and lets go what waits for room. Session's thread. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        clear();
    }
}
