/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.protocol.Frame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
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
 * held (see {@link Patience}). What waits for room is told when the count has sunk to the low-water mark. When too much waits for all
 * sessions together, the marks sink for those who have most ({@link OutboxMemory}).
 */
public final class Outbox {

    private static final Object BEAT = new Object();
    private static final Object[] EMPTY = {};
    private static final int STRIDE = 3;
    private static final int FRAME_SIZE = 128;
    private static final int BEAT_SIZE = 1;
    private static final int PLACE_SIZE = 4;

    /** The high mark never sinks below it. */
    private static final int LEAST_MARK = 16 * 1024;

    /** Arrays longer than this are not kept when they are empty. */
    private static final int KEPT = 32 * STRIDE;

    /** So many octets of frames are told to the memory at a time. */
    private static final int TOLD_AT_ONCE = 16 * 1024;

    private final Connection connection;
    private final long highWater;
    private final long lowWater;
    private final OutboxMemory memory;
    private final Room room;

    /** Guarded by this, as is all that follows up to the drain's own. */
    private Object[] incoming = EMPTY;

    private int incomingEnd;

    /** Changed under the lock, read without it where a moment does not matter. */
    private volatile long bytes;

    /** The marks that hold just now: as they were set, or lower. */
    private volatile long highMark;

    private long lowMark;

    private boolean awake;
    private boolean closed;

    /** Whether the last drain has left something; until the next one, what it left is guarded by this, too. */
    private boolean stuck;

    /** A message that the last drain has left half written, which the sink holds; null if there is none. */
    private volatile @Nullable Message halfWritten;

    /** Whether it is about to be emptied by its session's policy. */
    private boolean shedding;

    /** Places of the arrays that the memory knows of. */
    private int countedPlaces;

    /** Octets of frames that the memory does not know of. */
    private int untold;

    private @Nullable List<Runnable> waiting;

    /** The drain's own: what it took and has not written so far. */
    private Object[] outgoing = EMPTY;

    private int outgoingNext;
    private int outgoingEnd;

    /** The drain's own knowledge of {@link #stuck}. */
    private boolean hasLeftSomething;

    private List<Delivery> consumed = new ArrayList<>(0);

    /** Messages that this drain has written. */
    private int writtenMessages;

    private volatile long written;

    /**
     * Empty.
     *
     * @param shed applies the policy for those who do not keep up, and ends with {@link #clear}, {@link #clearAll} or
     *     {@link #withdraw}; called by any thread
     */
    Outbox(Connection connection, BrokerOptions options, OutboxMemory memory, Runnable shed) {
        this.connection = connection;
        this.highWater = options.outboxHighWater();
        this.lowWater = options.outboxLowWater();
        this.highMark = highWater;
        this.lowMark = lowWater;
        this.memory = memory;
        this.room = new Room(shed);
    }

    /** From now on it counts among all. */
    void open() {
        memory.add(room);
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
        return bytes < highMark;
    }

    /** Whether there is twice as much as should be, of which the rest is what cannot be held up. */
    boolean isOverfull() {
        return bytes >= 2 * highWater;
    }

    /** A frame of the server's own. Any thread. */
    void offer(Frame frame) {
        int size = size(frame);
        put(frame, null, null, size);
        if (bytes > TOLD_AT_ONCE) {
            tell(size);
        }
    }

    private void tell(int more) {
        int told;
        synchronized (this) {
            untold += more;
            told = untold >= TOLD_AT_ONCE ? untold : 0;
            untold -= told;
        }
        if (told > 0) {
            memory.published(told);
        }
    }

    private static int size(Frame frame) {
        return FRAME_SIZE + frame.headers().octets() + frame.body().length;
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
                countPlaces();
            }
            incoming[end] = first;
            incoming[end + 1] = second;
            incoming[end + 2] = third;
            incomingEnd = end + STRIDE;
            room = bytes < highMark; // a message of any size may be alone past it
            bytes += size;
            if (awake) {
                return room;
            }
            awake = true;
        }
        connection.wake();
        return room;
    }

    /** Small arrays are not counted: everybody has them, and most of what is sent goes through nothing else. */
    private void countPlaces() {
        int places = (incoming.length > KEPT ? incoming.length : 0) + (outgoing.length > KEPT ? outgoing.length : 0);
        if (places != countedPlaces && !closed) {
            memory.resized((long) PLACE_SIZE * (places - countedPlaces));
            countedPlaces = places;
        }
    }

    /**
     * Writes what has gathered while the sink has room. Session's thread.
     *
     * @return whether everything was written; if not, the transport drains again when it has room, without being woken
     */
    public boolean drain(Sink sink) {
        long done = 0;
        boolean everything = false;
        Message last = null;
        if (hasLeftSomething) {
            beginDrain();
        }
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
            last = (Message) outgoing[next + 1];
            done += write(outgoing[next], last, (Delivery) outgoing[next + 2], sink);
            outgoing[next] = outgoing[next + 1] = outgoing[next + 2] = null;
        }
        Message half = everything || last == null || !last.isLarge() ? null : last;
        List<Runnable> ready = endDrain(done, everything, half);
        settleConsumed();
        if (writtenMessages > 0) {
            memory.delivered(writtenMessages);
            writtenMessages = 0;
        }
        if (ready != null) {
            ready.forEach(Runnable::run);
        }
        if (half != null) {
            memory.published(half.size()); // a queue's may be nobody else's by now
        }
        return everything;
    }

    /** Writes one item and tells its size. */
    private long write(@Nullable Object first, @Nullable Message message, @Nullable Delivery delivery, Sink sink) {
        if (first instanceof Subscription subscription && message != null) {
            if (delivery == null) {
                sink.message(subscription, message, null);
                writtenMessages++;
            } else if (delivery.isWith(subscription)) {
                sink.message(subscription, message, delivery);
                writtenMessages++;
                if (subscription.written(delivery)) {
                    consumed.add(delivery);
                }
            }
            return message.size();
        }
        if (first instanceof Frame frame) {
            sink.frame(frame);
            return size(frame);
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
            untold = 0;
            return false;
        }
        Object[] empty = outgoing.length > KEPT ? EMPTY : outgoing;
        outgoing = incoming;
        outgoingEnd = incomingEnd;
        outgoingNext = 0;
        incoming = empty;
        incomingEnd = 0;
        countPlaces();
        return true;
    }

    private synchronized void beginDrain() {
        stuck = false;
        halfWritten = null;
    }

    private synchronized @Nullable List<Runnable> endDrain(long done, boolean everything, @Nullable Message half) {
        bytes -= done;
        written += done;
        stuck = !everything;
        hasLeftSomething = stuck;
        halfWritten = half;
        return takeReady();
    }

    /** What waits for room, if there is some; and the marks are where they were set. */
    private @Nullable List<Runnable> takeReady() {
        return bytes > lowMark ? null : takeWaiting();
    }

    private @Nullable List<Runnable> takeWaiting() {
        highMark = highWater;
        lowMark = lowWater;
        List<Runnable> ready = waiting;
        waiting = null;
        return ready;
    }

    /** Runs the task, on the session's thread, when the low-water mark is reached; false if there is room now. Any thread. */
    synchronized boolean whenRoom(Runnable task) {
        if (bytes < highMark || closed) {
            return false;
        }
        if (waiting == null) {
            waiting = new ArrayList<>(2);
        }
        waiting.add(task);
        return true;
    }

    // ---- when too much waits for all

    /** Octets of a message that was written in part. Session's thread. */
    int halfWritten() {
        Message half = halfWritten;
        return half == null ? 0 : half.size();
    }

    /** This outbox as one of all. */
    private final class Room implements WaitingRoom {
        private final Runnable shed;

        Room(Runnable shed) {
            this.shed = shed;
        }

        @Override
        public long visit(Consumer<Message> visitor) {
            if (bytes == 0 && halfWritten == null) {
                return 0;
            }
            synchronized (Outbox.this) {
                if (shedding) {
                    return 0;
                }
                if (halfWritten != null) {
                    visitor.accept(halfWritten);
                }
                long own = (long) PLACE_SIZE * countedPlaces + Outbox.visit(incoming, 0, incomingEnd, visitor);
                return stuck ? own + Outbox.visit(outgoing, outgoingNext, outgoingEnd, visitor) : own;
            }
        }

        @Override
        public boolean isStuck() {
            synchronized (Outbox.this) {
                return stuck;
            }
        }

        @Override
        public void squeeze() {
            synchronized (Outbox.this) {
                highMark = Math.min(highMark, Math.max(bytes, LEAST_MARK));
                lowMark = Math.min(lowMark, highMark / 4);
            }
        }

        @Override
        public void shed() {
            synchronized (Outbox.this) {
                if (shedding || closed) {
                    return;
                }
                shedding = true;
            }
            shed.run();
        }
    }

    private static long visit(Object[] items, int start, int end, Consumer<Message> visitor) {
        long own = 0;
        for (int i = start; i < end; i += STRIDE) {
            if (items[i] instanceof Frame frame) {
                own += size(frame);
            } else if (items[i + 1] instanceof Message message && items[i + 2] == null) {
                visitor.accept(message);
            }
        }
        return own;
    }

    /** Takes out what waits of topics; to be followed by {@link #tellRoom}. Session's thread. */
    Map<Subscription, List<Message>> withdraw() {
        Map<Subscription, List<Message>> all = new LinkedHashMap<>();
        sift((items, at) -> {
            if (!(items[at] instanceof Subscription subscription)
                    || !(items[at + 1] instanceof Message message)
                    || items[at + 2] != null) {
                return true;
            }
            all.computeIfAbsent(subscription, key -> new ArrayList<>()).add(message);
            return false;
        });
        return all;
    }

    /** Tells those who wait for room that nothing of what they wait for is left. Session's thread. */
    void tellRoom() {
        List<Runnable> ready;
        synchronized (this) {
            ready = takeWaiting();
        }
        if (ready != null) {
            ready.forEach(Runnable::run);
        }
    }

    // ---- the end

    /** Throws away what waits, all but frames of the server's own, so that an ERROR comes next. Session's thread. */
    void clear() {
        sift((items, at) -> items[at] instanceof Frame);
        tellRoom();
    }

    /** Throws away all that waits. Session's thread. */
    void clearAll() {
        sift((items, at) -> false);
        tellRoom();
    }

    /** Tells which items stay. */
    private interface Sieve {
        boolean keeps(Object[] items, int at);
    }

    private synchronized void sift(Sieve sieve) {
        incomingEnd = sift(incoming, 0, incomingEnd, sieve);
        outgoingEnd = sift(outgoing, outgoingNext, outgoingEnd, sieve);
        bytes = octets(incoming, 0, incomingEnd) + octets(outgoing, outgoingNext, outgoingEnd);
        shedding = false;
    }

    private static int sift(Object[] items, int start, int end, Sieve sieve) {
        int kept = start;
        for (int i = start; i < end; i += STRIDE) {
            if (sieve.keeps(items, i)) {
                System.arraycopy(items, i, items, kept, STRIDE);
                kept += STRIDE;
            }
        }
        Arrays.fill(items, kept, end, null);
        return kept;
    }

    private static long octets(Object[] items, int start, int end) {
        long octets = 0;
        for (int i = start; i < end; i += STRIDE) {
            if (items[i] instanceof Frame frame) {
                octets += size(frame);
            } else {
                octets += items[i + 1] instanceof Message message ? message.size() : BEAT_SIZE;
            }
        }
        return octets;
    }

    /** Takes nothing any more, and lets go what waits for room. Session's thread. */
    void close() {
        synchronized (this) {
            closed = true;
            memory.resized(-(long) PLACE_SIZE * countedPlaces);
            countedPlaces = 0;
        }
        memory.remove(room);
        clear();
    }
}
