/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.Broker;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Where {@link WebSocketHandler}s run, and what holds for all of them. Any thread. */
final class Handlers {
    private final StompServer server;
    private final int mostOfMessage;
    private final long mostUnsent;
    private final ExecutorService threads = Broker.newHandlerThreads();
    private final String run = Long.toString(new SecureRandom().nextLong() >>> 1, Character.MAX_RADIX);
    private final AtomicLong lastSession = new AtomicLong();

    Handlers(StompServer server, int mostOfMessage, long mostUnsent) {
        this.server = server;
        this.mostOfMessage = mostOfMessage;
        this.mostUnsent = mostUnsent;
    }

    int mostOfMessage() {
        return mostOfMessage;
    }

    long mostUnsent() {
        return mostUnsent;
    }

    String newId() {
        return run + "-" + lastSession.incrementAndGet();
    }

    void execute(Runnable task) {
        threads.execute(task);
    }

    void failed(String path, Throwable failure) {
        server.tell(listener -> listener.handlerFailed(path, failure));
    }

    /** Lets them finish, for a bounded time. */
    void close(Duration most) {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(most.toNanos(), TimeUnit.NANOSECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
