/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.broker.Destination.Outcome;
import io.hoofbeat.protocol.Headers;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The root: connects sessions, owns destinations, publishes for the application. All methods may be called by any thread.
 *
 * <p>It has one thread of its own, for timers, and those on which {@link Handler}s run; both begin when they are needed first and
 * are gone after {@link #close}.
 */
public final class Broker implements AutoCloseable {

    static final String VERSION = "0.1";

    private static final long SECOND = 1_000_000_000L;

    private final BrokerOptions options;
    private final BrokerListener listener;
    private final SharedMemory queueMemory;
    private final SharedMemory transactionMemory;
    private final SharedMemory inputMemory;
    private final SharedMemory subscriptionMemory;
    private final SharedMemory directoryMemory;
    private final OutboxMemory outboxMemory;
    private final Destinations destinations;
    private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<String, AtomicInteger> sessionsByAddress = new ConcurrentHashMap<>();
    private final AtomicInteger sessionCount = new AtomicInteger();
    private final AtomicLong lastSession = new AtomicLong();
    private final AtomicLong lastMessage = new AtomicLong();
    private final Set<Queue> expiring = ConcurrentHashMap.newKeySet();
    private final Clock clock;
    private final String run = Long.toString(new SecureRandom().nextLong() >>> 1, Character.MAX_RADIX);

    /** Null until a handler is to run; made under this broker's lock. */
    private volatile @Nullable ExecutorService handlerThreads;

    private volatile boolean closed;

    private Broker(BrokerOptions options, Clock clock) {
        this.options = options;
        this.listener = Listeners.of(options.listeners());
        this.queueMemory = new SharedMemory("queues", "max-queue-bytes", options.maxQueueBytes());
        this.transactionMemory = new SharedMemory("open transactions", "max-queue-bytes", options.maxQueueBytes());
        this.inputMemory = new SharedMemory("unfinished frames", "max-input-bytes", options.maxInputBytes());
        this.subscriptionMemory =
                new SharedMemory("subscriptions", "max-subscription-bytes", options.maxSubscriptionBytes());
        this.directoryMemory = new SharedMemory("destinations", "max-directory-bytes", options.maxDirectoryBytes());
        this.outboxMemory = new OutboxMemory(options.maxOutboxBytes());
        this.destinations = new Destinations(this);
        this.clock = clock;
        clock.every(SECOND, guarded(this::expire));
        clock.every(Math.max(1, options.idleDestination().toNanos() / 2), guarded(destinations::forgetIdle));
    }

    public static Broker create(BrokerOptions options) {
        return new Broker(options, new SystemClock());
    }

    /** With a time of its own, for tests. */
    static Broker create(BrokerOptions options, Clock clock) {
        return new Broker(options, clock);
    }

    public BrokerOptions options() {
        return options;
    }

    BrokerListener listener() {
        return listener;
    }

    Destinations destinations() {
        return destinations;
    }

    SharedMemory queueMemory() {
        return queueMemory;
    }

    /** What the open transactions of all sessions hold: what is committed counts as the queues' from then on. */
    SharedMemory transactionMemory() {
        return transactionMemory;
    }

    /** What frames take that have come in part, that wait for room, or for a handler. */
    SharedMemory inputMemory() {
        return inputMemory;
    }

    /** What subscriptions take: ids, selectors, and the places of patterns at all that they match. */
    SharedMemory subscriptionMemory() {
        return subscriptionMemory;
    }

    /** What destinations take, their messages apart. */
    SharedMemory directoryMemory() {
        return directoryMemory;
    }

    OutboxMemory outboxMemory() {
        return outboxMemory;
    }

    /** Nothing so far of that memory, for whoever keeps what has come in part. What is next to nothing is not counted. Any thread. */
    public Share inputShare() {
        return new Share(inputMemory, Share.TRIFLE);
    }

    // ---- sessions

    /** A session for an established connection (WebSocket: after the handshake); it waits for CONNECT. */
    public Session connect(Connection connection) {
        return new Session(this, connection, lastSession.incrementAndGet());
    }

    String sessionId(long number) {
        return run + "-" + number;
    }

    /** What there is, for people who look. */
    public Inventory inventory() {
        return new Inventory(this);
    }

    Collection<Session> sessions() {
        return sessions;
    }

    long messageCount() {
        return lastMessage.get();
    }

    /** Sessions that are open just now. */
    public int sessionCount() {
        return sessionCount.get();
    }

    /** Lets a session in; what is against it, or null. */
    @Nullable String admit(Session session) {
        if (closed) {
            return "the server is shutting down";
        }
        if (sessionCount.incrementAndGet() > options.maxSessions()) {
            sessionCount.decrementAndGet();
            return "too many sessions (limit " + options.maxSessions() + ")";
        }
        String address = session.connection().remoteAddress();
        AtomicInteger there = sessionsByAddress.compute(address, (key, count) -> {
            AtomicInteger known = count == null ? new AtomicInteger() : count;
            known.incrementAndGet();
            return known;
        });
        sessions.add(session);
        if (there.get() > options.maxSessionsPerAddress()) {
            left(session);
            return "too many sessions from " + address.replace(':', '.') + " (limit " + options.maxSessionsPerAddress()
                    + ")";
        }
        if (closed) {
            left(session);
            return "the server is shutting down";
        }
        return null;
    }

    /**
     * Ends sessions by an ERROR.
     *
     * @param which of those that are open
     * @param text one line for the client
     * @return how many there were
     */
    public int endSessions(Predicate<Session> which, CloseReason reason, String text) {
        List<Session> ended = sessions.stream()
                .filter(session -> session.isLetIn() && which.test(session))
                .toList();
        ended.forEach(session -> session.end(reason, text));
        return ended.size();
    }

    void left(Session session) {
        if (sessions.remove(session)) {
            sessionCount.decrementAndGet();
            sessionsByAddress.compute(
                    session.connection().remoteAddress(),
                    (key, count) -> count == null || count.decrementAndGet() == 0 ? null : count);
        }
    }

    // ---- publishing

    /** Publishes a text as {@code text/plain}. */
    public void publish(String destination, String text) {
        publish(destination, Headers.of("content-type", "text/plain"), text.getBytes(UTF_8));
    }

    /**
     * Publishes a message for the application. Where a subscriber of a topic does not keep up, or a queue has no room, it waits a
     * while as other publishers do - unless it is called on an event loop, as by a {@link BrokerListener}.
     *
     * @param body taken over, not copied
     * @throws IllegalStateException if a queue has no room, or the destination does not exist and may not be created
     */
    public void publish(String destination, Headers headers, byte[] body) {
        publish(destination, headers, body, () -> {});
    }

    /**
     * The same for a transport that writes on the thread which publishes: what this thread has woken is written before it waits.
     *
     * @param beforeWaiting writes; called at most once, and not at all if there is no wait
     */
    public void publish(String destination, Headers headers, byte[] body, Runnable beforeWaiting) {
        try {
            destinations.check(destination);
            long expires = Expiry.of(headers, destinations.policy(destination), this);
            Message message = message(destination, Headers.EMPTY, headers, body, 0, expires);
            Outcome outcome = Thread.currentThread() instanceof FastThreadLocalThread
                    ? publish(message, Publisher.IMPATIENT, null)
                    : publishPatiently(message, beforeWaiting);
            if (outcome != Outcome.TAKEN) {
                throw new IllegalStateException(destination + " is full");
            }
        } catch (RefusedException e) {
            throw new IllegalStateException(e.text(), e);
        }
    }

    private Outcome publishPatiently(Message message, Runnable beforeWaiting) {
        BlockingPublisher from = new BlockingPublisher();
        long nanos = options.stallTime().toNanos();
        Outcome outcome = publish(message, from, null);
        if (from.isStalled()) {
            beforeWaiting.run();
        }
        boolean released = from.awaitRelease(nanos);
        if (outcome == Outcome.HELD && released) {
            outcome = publish(message, Publisher.IMPATIENT, null);
        }
        return outcome;
    }

    Message message(String destination, Headers own, Headers headers, byte[] body, long origin, long expiresAtMillis) {
        return new Message(lastMessage.incrementAndGet(), destination, own, headers, body, origin, expiresAtMillis);
    }

    Outcome publish(Message message, Publisher from, @Nullable Receipt receipt) {
        Outcome outcome;
        do {
            outcome = destinations.find(message.destination()).publish(message, from, receipt);
        } while (outcome == Outcome.GONE);
        return outcome;
    }

    /** To the dead letters with a message. */
    void bury(Message message, DestinationPolicy policy, int deliveries, String why) {
        String name = message.destination();
        listener.messageDead(name, why);
        String grave = policy.deadLetters();
        if (grave == null || grave.equals(name)) {
            return;
        }
        Headers own = Headers.of(
                ServerHeaders.ORIGINAL_DESTINATION, name,
                ServerHeaders.DEAD_LETTER_REASON, why,
                ServerHeaders.DELIVERY_COUNT, Integer.toString(deliveries));
        Message dead = message(grave, own, message.headers(), message.body(), message.origin(), 0);
        try {
            if (publish(dead, Publisher.IMPATIENT, null) != Outcome.TAKEN) {
                listener.messageDead(grave, "the dead letters are full");
            }
        } catch (RefusedException e) {
            listener.messageDead(grave, e.text());
        }
    }

    /**
     * Lets application code answer at a destination: each SEND there calls the handler, on a thread of the broker's.
     *
     * @param destination a name or a pattern
     */
    public void handle(String destination, Handler handler) {
        destinations.handle(destination, handler);
    }

    /** Where handlers run: a virtual thread each where there are any, a bounded number of threads else. */
    Executor executor() {
        ExecutorService known = handlerThreads;
        if (known != null) {
            return known;
        }
        synchronized (this) {
            if (handlerThreads == null) {
                handlerThreads = HandlerThreads.create();
            }
            return handlerThreads;
        }
    }

    /** Threads as {@link Handler}s have them, for other application code; whoever asks for them shuts them down. */
    public static ExecutorService newHandlerThreads() {
        return HandlerThreads.create();
    }

    // ---- time

    /** The broker's monotonic clock. */
    public long nanoTime() {
        return clock.nanoTime();
    }

    long currentTimeMillis() {
        return System.currentTimeMillis();
    }

    /** Runs the task on the timer's thread; not at all once the broker is closed. */
    void schedule(Runnable task, long delayNanos) {
        clock.schedule(guarded(task), delayNanos);
    }

    private Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                listener.failed("timer", e);
            }
        };
    }

    /** Asks for one call of {@link Queue#expire} within a second. */
    void watchExpiry(Queue queue) {
        expiring.add(queue);
    }

    private void expire() {
        long now = currentTimeMillis();
        for (Queue queue : List.copyOf(expiring)) {
            expiring.remove(queue);
            queue.expire(now);
        }
    }

    // ---- the end

    /** Ends all sessions with an ERROR that says so (SX-ERR-3), and releases the threads. Transports close their sockets. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (Session session : sessions) {
            session.end(CloseReason.SHUTDOWN, "the server is shutting down");
        }
        clock.close();
        ExecutorService threads = handlerThreads;
        if (threads != null) {
            threads.shutdownNow();
        }
    }
}
