/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The way of the messages from the connection to the handlers, which have a thread of their own so that heart-beats go on
 * whatever a handler does (C11-HB-4). When enough wait, the connection is told to stop reading, and the server is held in turn.
 *
 * <p>Offered to by the connection's thread. The handlers' thread is a daemon: the connection keeps a program alive, not this.
 */
final class Deliveries {
    private static final AtomicInteger THREADS = new AtomicInteger();

    private record Waiting(ClientSubscription subscription, ReceivedMessage message, int size) {}

    private final long maxBytes;
    private final int maxMessages;
    private final Runnable onRoom;
    private final BiConsumer<ReceivedMessage, Throwable> onFailure;
    private final Runnable onEnd;

    /** Guarded by this, like all that follows. */
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    private long bytes;
    private boolean full;
    private boolean ended;
    private @Nullable Thread thread;

    /**
     * @param onRoom called on the handlers' thread after {@link #offer} has returned false, when it is worth reading again
     * @param onEnd called when the last message was handled after {@link #end}
     */
    Deliveries(ClientOptions options, Runnable onRoom, Runnable onEnd) {
        this.maxBytes = options.maxUnhandledBytes();
        this.maxMessages = options.maxUnhandledMessages();
        this.onFailure = options.onHandlerFailure();
        this.onRoom = onRoom;
        this.onEnd = onEnd;
    }

    /** Takes a message in any case; false means that there should come no more until there is room. */
    synchronized boolean offer(ClientSubscription subscription, ReceivedMessage message, int size) {
        waiting.add(new Waiting(subscription, message, size));
        bytes += size;
        full = full || bytes > maxBytes || waiting.size() > maxMessages;
        if (thread == null) {
            Thread started = new Thread(this::run, "hoofbeat-client-handlers-" + THREADS.incrementAndGet());
            started.setDaemon(true);
            thread = started;
            started.start();
        } else {
            notifyAll();
        }
        return !full;
    }

    /** The connection is over. Messages of {@link AckMode#AUTO} are handled still, as nobody else will get them. */
    void end() {
        boolean idle;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            idle = thread == null;
            notifyAll();
        }
        if (idle) {
            onEnd.run();
        }
    }

    private void run() {
        Waiting next = next();
        while (next != null) {
            handle(next.subscription, next.message);
            if (hasGivenBack(next.size)) {
                onRoom.run();
            }
            next = next();
        }
        onEnd.run();
    }

    private synchronized @Nullable Waiting next() {
        while (waiting.isEmpty() && !ended) {
            try {
                wait();
            } catch (InterruptedException e) {
                // Meant for a handler that has returned in the meantime; nobody else knows this thread.
                Thread.interrupted();
            }
        }
        return waiting.poll();
    }

    /** Whether that has made enough room to read again: half of it, so that reading is not switched for each message. */
    private synchronized boolean hasGivenBack(int size) {
        bytes -= size;
        if (full && bytes <= maxBytes / 2 && waiting.size() <= maxMessages / 2) {
            full = false;
            return true;
        }
        return false;
    }

    private synchronized boolean isEnded() {
        return ended;
    }

    private void handle(ClientSubscription subscription, ReceivedMessage message) {
        if (!subscription.isActive() || (isEnded() && message.ackMode() != AckMode.AUTO)) {
            return;
        }
        try {
            subscription.handler().onMessage(message);
            if (message.isSettledByHandler()) {
                message.ack();
            }
        } catch (ConnectionEndedException e) {
            // The server gives the message to somebody else; whoever waits for the end of the connection is told there.
            return;
        } catch (Exception | LinkageError | AssertionError e) {
            refuse(message, e);
        }
    }

    private void refuse(ReceivedMessage message, Throwable failure) {
        try {
            message.nack();
        } catch (StompException e) {
            failure.addSuppressed(e);
        }
        onFailure.accept(message, failure);
    }
}
