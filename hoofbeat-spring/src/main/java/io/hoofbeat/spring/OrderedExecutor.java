/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.support.MessageHandlingRunnable;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

/**
 * The executor of one of Spring's channels, such that what belongs to one session is done one after the other, in the order in which it
 * was handed in; sessions go on side by side on the threads of the original.
 *
 * <p>Spring's own executor hands each message to any thread, which is why frames of a session overtake each other. Its remedies lose
 * refusals ({@code preserveReceiveOrder}) or queue without end ({@code preservePublishOrder}). Here each session has a lane. What is in
 * a lane is counted in octets: the broker looks at the lane of the outbound channel before it hands over more, and whoever reads from a
 * client waits while the lane of the inbound channel is too full.
 *
 * <p>Until a broker of ours is there ({@link #begin}), it is the original. Any thread.
 */
final class OrderedExecutor implements AsyncTaskExecutor, SmartLifecycle, ApplicationListener<ContextClosedEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(OrderedExecutor.class);

    /** What a message costs beside its payload. */
    private static final int OVERHEAD = 512;

    /** After so many messages of one session others have their turn. */
    private static final int TURN = 64;

    /** How long nothing at all may come out of a full lane until the session is given up. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** What a broker wants of the executor of a channel. */
    interface Observer {

        /** Whether the message may be handled beside the others of its session. */
        boolean isFree(Message<?> message, MessageHandler handler);

        /**
         * A message of that session has been handled.
         *
         * @param octets what is left in the lane
         * @param before what was there before
         */
        void handled(String session, long octets, long before);
    }

    private final TaskExecutor original;
    private final ConcurrentHashMap<String, Lane> lanes = new ConcurrentHashMap<>();

    /** Null until there is a broker, as before and after it. */
    private volatile @Nullable Observer observer;

    private volatile long limit = Long.MAX_VALUE;

    OrderedExecutor(TaskExecutor original) {
        this.original = original;
    }

    /** The one that it stands for. */
    TaskExecutor original() {
        return original;
    }

    /**
     * Keeps order from now on.
     *
     * @param limit octets of a session from which on whoever hands in more has to wait
     */
    void begin(Observer observer, long limit) {
        this.limit = limit;
        this.observer = observer;
    }

    /** Is the original again. */
    void end() {
        observer = null;
    }

    // ---- handing in

    @Override
    public void execute(Runnable task) {
        Observer observer = this.observer;
        if (observer == null || !(task instanceof MessageHandlingRunnable handling)) {
            original.execute(task);
            return;
        }
        Message<?> message = handling.getMessage();
        String session = SimpMessageHeaderAccessor.getSessionId(message.getHeaders());
        if (session == null) {
            original.execute(task);
            return;
        }
        Aside aside = Aside.CURRENT.get();
        boolean isFree = observer.isFree(message, handling.getMessageHandler());
        if (aside != null && !isFree && aside.session.equals(session)) {
            aside.tasks.add(task);
            return;
        }
        int size = OVERHEAD + (message.getPayload() instanceof byte[] octets ? octets.length : 0);
        if (isFree) {
            Lane lane = add(session, null, size);
            runElsewhere(() -> lane.run(task, size));
            lane.awaitRoom(message);
        } else {
            add(session, task, size).awaitRoom(message);
        }
    }

    /** Tasks of a session that are done in the thread that hands them in, when it has done so. */
    private record Aside(String session, ArrayDeque<Runnable> tasks) {
        static final ThreadLocal<@Nullable Aside> CURRENT = new ThreadLocal<>();
    }

    /**
     * Does something that hands in tasks of that session, and then those tasks, in this thread; all but those that may be done beside
     * others. For sessions whose order is kept elsewhere.
     */
    static void aside(String session, Wire.Action action) throws Exception {
        Aside aside = new Aside(session, new ArrayDeque<>(4));
        Aside.CURRENT.set(aside);
        try {
            action.run();
        } finally {
            Aside.CURRENT.remove();
            for (Runnable task = aside.tasks.poll(); task != null; task = aside.tasks.poll()) {
                run(session, task);
            }
        }
    }

    private static void run(String session, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("{}: a message could not be handled", session, e);
        }
    }

    /** Runs the task after what is in the lane of that session. */
    void executeIn(String session, Runnable task) {
        add(session, task, 0);
    }

    private Lane add(String session, @Nullable Runnable task, int size) {
        Lane lane = lanes.compute(session, (key, known) -> {
            Lane there = known == null ? new Lane(session) : known;
            there.add(task, size);
            return there;
        });
        lane.start();
        return lane;
    }

    // ---- what a broker asks and tells

    /** Octets that are in the lane of that session, those that are being handled included. */
    long octets(String session) {
        Lane lane = lanes.get(session);
        return lane == null ? 0 : lane.octets();
    }

    /** Nothing more of that session comes out, apart from what is being handled. */
    void pause(String session) {
        lanes.compute(session, (key, known) -> {
            Lane lane = known == null ? new Lane(session) : known;
            lane.pause(true);
            return lane;
        });
    }

    void resume(String session) {
        Lane lane = lanes.get(session);
        if (lane != null) {
            lane.pause(false);
            lane.start();
            forgetIfIdle(lane);
        }
    }

    private void runElsewhere(Runnable task) {
        try {
            original.execute(task);
        } catch (RejectedExecutionException e) {
            task.run(); // Spring's channels do the same when their executor is shut down
        }
    }

    private void forgetIfIdle(Lane lane) {
        lanes.computeIfPresent(lane.session, (key, known) -> known == lane && lane.isIdle() ? null : known);
    }

    private record Entry(Runnable task, int size) {}

    /** What is to be done for one session. */
    private final class Lane implements Runnable {
        private final String session;

        /** Guarded by this, as is all that follows. */
        private final ArrayDeque<Entry> entries = new ArrayDeque<>();

        private long octets;
        private long handled;
        private boolean isPaused;
        private boolean isRunning;

        Lane(String session) {
            this.session = session;
        }

        /** Counts something, and queues it unless it is done elsewhere. */
        synchronized void add(@Nullable Runnable task, int size) {
            octets += size;
            if (task != null) {
                entries.add(new Entry(task, size));
            }
        }

        synchronized long octets() {
            return octets;
        }

        synchronized void pause(boolean pause) {
            isPaused = pause;
        }

        synchronized boolean isIdle() {
            return octets == 0 && entries.isEmpty() && !isRunning && !isPaused;
        }

        void start() {
            synchronized (this) {
                if (isRunning || isPaused || entries.isEmpty()) {
                    return;
                }
                isRunning = true;
            }
            runElsewhere(this);
        }

        @Override
        public void run() {
            for (int i = 0; i < TURN; i++) {
                Entry next = next();
                if (next == null) {
                    forgetIfIdle(this);
                    return;
                }
                run(next.task, next.size);
            }
            runElsewhere(this);
        }

        private synchronized @Nullable Entry next() {
            Entry next = isPaused ? null : entries.poll();
            isRunning = next != null;
            return next;
        }

        void run(Runnable task, int size) {
            try {
                OrderedExecutor.run(session, task);
            } finally {
                handled(size);
            }
        }

        private void handled(int size) {
            long before;
            synchronized (this) {
                before = octets;
                octets -= size;
                handled++;
                notifyAll();
            }
            Observer observer = OrderedExecutor.this.observer;
            if (observer != null && size > 0) {
                observer.handled(session, before - size, before);
            }
            if (before == size) {
                forgetIfIdle(this);
            }
        }

        /** Waits until there is room; gives up when nothing moves. */
        synchronized void awaitRoom(Message<?> message) {
            long seen = handled;
            long since = System.nanoTime();
            while (octets > limit) {
                long left = since + PATIENCE_NANOS - System.nanoTime();
                if (handled != seen) {
                    seen = handled;
                    since = System.nanoTime();
                } else if (left <= 0) {
                    throw new MessageDeliveryException(
                            message,
                            octets + " octets of this session wait for their turn (limit " + limit
                                    + "), and nothing moves");
                } else {
                    awaitNanos(left, message);
                }
            }
        }

        private void awaitNanos(long nanos, Message<?> message) {
            try {
                TimeUnit.NANOSECONDS.timedWait(this, nanos);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new MessageDeliveryException(message, "interrupted while waiting for room", e);
            }
        }
    }

    // ---- the original's life, which Spring sees through this

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (original instanceof ExecutorConfigurationSupport support) {
            support.onApplicationEvent(event);
        }
    }

    @Override
    public void start() {
        if (original instanceof SmartLifecycle lifecycle) {
            lifecycle.start();
        }
    }

    @Override
    public void stop() {
        if (original instanceof SmartLifecycle lifecycle) {
            lifecycle.stop();
        }
    }

    @Override
    public void stop(Runnable callback) {
        if (original instanceof SmartLifecycle lifecycle) {
            lifecycle.stop(callback);
        } else {
            callback.run();
        }
    }

    @Override
    public boolean isRunning() {
        return original instanceof SmartLifecycle lifecycle && lifecycle.isRunning();
    }

    @Override
    public boolean isAutoStartup() {
        return original instanceof SmartLifecycle lifecycle && lifecycle.isAutoStartup();
    }

    @Override
    public boolean isPauseable() {
        return original instanceof SmartLifecycle lifecycle && lifecycle.isPauseable();
    }

    @Override
    public int getPhase() {
        return original instanceof SmartLifecycle lifecycle ? lifecycle.getPhase() : DEFAULT_PHASE;
    }
}
