/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.Broker;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Where {@link WebSocketHandler}s and {@link StompGate}s run, and what holds for all of them. Any thread. */
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

    /** A question to application code. */
    interface Question {
        void ask(Handshake handshake) throws Exception;
    }

    /**
     * Asks whether a client is let in, on a thread of ours since the application may have to look things up. If it is not, the request is
     * answered.
     *
     * @param admitted it is let in; called on the exchange's event loop
     */
    void ask(HttpExchange exchange, Handshake handshake, Question question, Runnable admitted) {
        try {
            execute(() -> {
                ask(handshake, question);
                exchange.execute(() -> {
                    if (handshake.refusal() == 0) {
                        admitted.run();
                    } else {
                        exchange.answer(Answer.of(HttpResponseStatus.valueOf(handshake.refusal()))
                                .with(handshake.answerFields()));
                    }
                });
            });
        } catch (RejectedExecutionException e) {
            exchange.answerAndClose(Answer.of(HttpResponseStatus.SERVICE_UNAVAILABLE, "the server is shutting down"));
        }
    }

    private void ask(Handshake handshake, Question question) {
        try {
            question.ask(handshake);
        } catch (Exception | LinkageError | AssertionError e) {
            failed(handshake.path(), e);
            handshake.refuse(HttpResponseStatus.INTERNAL_SERVER_ERROR.code());
        }
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
