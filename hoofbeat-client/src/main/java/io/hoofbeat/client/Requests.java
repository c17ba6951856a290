/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Headers;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Questions and their answers. All answers of a connection come to one destination, {@code /temp-queue/} and a random name, and
 * find their question by {@code correlation-id}. Thread-safe.
 *
 * <p>RabbitMQ makes the subscription itself when it sees {@code reply-to}, calls it by that name, and refuses a SUBSCRIBE;
 * everywhere else we subscribe, under the same name.
 */
final class Requests {
    /** More questions than anybody waits for; an end to what grows. */
    static final int LIMIT = 10_000;

    private final ClientConnection connection;
    private final String replyTo = "/temp-queue/" + UUID.randomUUID();
    private final AtomicLong ids = new AtomicLong();
    private final Map<String, CompletableFuture<ReceivedMessage>> open = new ConcurrentHashMap<>();

    /** Null until the first question. */
    private @Nullable ClientSubscription replies;

    Requests(ClientConnection connection) {
        this.connection = connection;
        connection.lost().thenAccept(this::failAll);
    }

    CompletableFuture<ReceivedMessage> send(
            String destination, Headers headers, byte[] body, boolean contentLength, Duration timeout) {
        if (open.size() >= LIMIT) {
            return CompletableFuture.failedFuture(
                    new NoAnswerException("too many requests are open: " + open.size() + " (limit " + LIMIT + ")"));
        }
        subscribe();
        String id = Long.toString(ids.incrementAndGet());
        CompletableFuture<ReceivedMessage> reply = new CompletableFuture<>();
        open.put(id, reply);
        Headers all = Headers.builder()
                .add("reply-to", replyTo)
                .add("correlation-id", id)
                .addAll(headers)
                .build();
        try {
            connection.send(Openings.send(destination, all, body, contentLength));
        } catch (RuntimeException e) {
            open.remove(id);
            throw e;
        }
        CompletableFuture<ReceivedMessage> answer = new CompletableFuture<>();
        reply.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS).whenComplete((message, failure) -> {
            open.remove(id);
            if (failure instanceof TimeoutException) {
                answer.completeExceptionally(new NoAnswerException(
                        "no reply from " + destination + " within " + timeout.toMillis() + " ms"));
            } else if (failure != null) {
                answer.completeExceptionally(failure);
            } else {
                answer.complete(message);
            }
        });
        return answer;
    }

    private synchronized void subscribe() {
        if (replies != null) {
            return;
        }
        ClientSubscription subscription =
                new ClientSubscription(replyTo, replyTo, AckMode.AUTO, this::onReply, connection);
        replies = subscription;
        connection.subscriptions().add(subscription);
        String server = connection.welcome().get("server");
        if (server == null || !server.startsWith("RabbitMQ")) {
            connection.send(new Frame(
                    Command.SUBSCRIBE, Headers.of("id", replyTo, "destination", replyTo, "ack", AckMode.AUTO.text())));
        }
    }

    /** One that does not say what it answers is the answer if there is one question only. */
    private void onReply(ReceivedMessage message) {
        String id = message.header("correlation-id");
        CompletableFuture<ReceivedMessage> reply = id == null ? null : open.get(id);
        if (id == null && open.size() == 1) {
            reply = open.values().stream().findFirst().orElse(null);
        }
        if (reply != null) {
            reply.complete(message);
        }
    }

    private void failAll(StompException why) {
        open.values().forEach(reply -> reply.completeExceptionally(why));
    }
}
