/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.messaging.Message;
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
    /** What a message costs beside its payload. */
    private static final int OVERHEAD = 512;

    /** Which messages may be handled beside the others of their session. */
    interface Freedom {

        /** Whether this one may. */
        boolean isFree(Message<?> message, MessageHandler handler);

        /** Starts what is free when all that came out of the lane before is done: at once, or later by another thread. */
        void startFree(String session, Runnable start);
    }

    static final Freedom NOTHING_FREE = new Freedom() {
        @Override
        public boolean isFree(Message<?> message, MessageHandler handler) {
            return false;
        }

        @Override
        public void startFree(String session, Runnable start) {
            throw new IllegalStateException("nothing is free");
        }
    };

    private final TaskExecutor original;
    private final ConcurrentHashMap<String, Lane> lanes = new ConcurrentHashMap<>();

    /** Null until there is a broker, as before and after it. */
    private volatile @Nullable Freedom freedom;

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
    void begin(Freedom freedom, long limit) {
        this.limit = limit;
        this.freedom = freedom;
    }

    /** Is the original again. */
    void end() {
        freedom = null;
        lanes.values().forEach(this::release);
    }

    // ---- handing in

    @Override
    public void execute(Runnable task) {
        Freedom freedom = this.freedom;
        if (freedom == null || !(task instanceof MessageHandlingRunnable handling)) {
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
        boolean isFree = freedom.isFree(message, handling.getMessageHandler());
        if (aside != null && !isFree && aside.session.equals(session)) {
            aside.add(task);
            return;
        }
        int size = OVERHEAD + (message.getPayload() instanceof byte[] octets ? octets.length : 0);
        if (isFree) {
            Lane lane = add(session, null, size);
            Runnable run = () -> runElsewhere(() -> {
                lane.run(task, size);
                forgetIfIdle(lane);
            });
            Runnable start = () -> freedom.startFree(session, run);
            if (lane.isQuiet()) {
                start.run();
            } else {
                add(session, start, 0);
            }
            lane.awaitRoom(limit, message);
        } else {
            add(session, task, size).awaitRoom(limit, message);
        }
    }

    /** Tasks of a session that are done in the thread that hands them in, when it has done so. */
    private record Aside(String session, boolean isInline, ArrayDeque<Runnable> tasks) {
        static final ThreadLocal<@Nullable Aside> CURRENT = new ThreadLocal<>();

        void add(Runnable task) {
            if (isInline) {
                Lane.handle(session, task);
            } else {
                tasks.add(task);
            }
        }
    }

    /**
     * Does something that hands in tasks of that session, and then those tasks, in this thread; all but those that may be done beside
     * others. For sessions whose order is kept elsewhere.
     *
     * @param inline whether they are done at once instead
     */
    static void aside(String session, boolean inline, Wire.Action action) throws Exception {
        Aside aside = new Aside(session, inline, new ArrayDeque<>(4));
        Aside.CURRENT.set(aside);
        try {
            action.run();
        } finally {
            Aside.CURRENT.remove();
            for (Runnable task = aside.tasks.poll(); task != null; task = aside.tasks.poll()) {
                Lane.handle(session, task);
            }
        }
    }

    /** Runs the task after what is in the lane of that session. */
    void executeIn(String session, Runnable task) {
        add(session, task, 0);
    }

    private Lane add(String session, @Nullable Runnable task, int size) {
        Lane lane = Lane.current(this, session);
        lane = lane == null ? lanes.get(session) : lane;
        if (lane == null || !lane.add(task, size)) {
            lane = lanes.compute(session, (key, known) -> {
                Lane there = known == null ? new Lane(this, session) : known;
                there.add(task, size);
                return there;
            });
        }
        lane.start();
        return lane;
    }

    // ---- what a broker asks and tells

    /** The lane of that session, which stays until it is {@linkplain #release released}. */
    Lane keep(String session, Lane.Owner owner) {
        return lanes.compute(session, (key, known) -> {
            Lane lane = known == null ? new Lane(this, session) : known;
            lane.keepFor(owner);
            return lane;
        });
    }

    /** The session is gone: nothing holds up what comes, and the lane is forgotten when it is empty. */
    void release(Lane lane) {
        lane.keepFor(null);
        resume(lane);
    }

    /** Nothing more of that lane comes out, apart from what is being handled. */
    void resume(Lane lane) {
        lane.pause(false);
        lane.start();
        forgetIfIdle(lane);
    }

    void runElsewhere(Runnable task) {
        try {
            original.execute(task);
        } catch (RejectedExecutionException e) {
            task.run(); // Spring's channels do the same when their executor is shut down
        }
    }

    void forgetIfIdle(Lane lane) {
        if (!lane.isKept()) {
            lanes.computeIfPresent(lane.session(), (key, known) -> known == lane && lane.retire() ? null : known);
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
