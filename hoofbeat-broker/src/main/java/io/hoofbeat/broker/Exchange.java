/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.protocol.Headers;
import org.jspecify.annotations.Nullable;

/** One message for a {@link Handler}, and what it may do with it. */
public final class Exchange {
    private final Broker broker;
    private final Message message;
    private final Publisher from;
    private final @Nullable Subscription subscription;

    Exchange(Broker broker, Message message, Publisher from, @Nullable Subscription subscription) {
        this.broker = broker;
        this.message = message;
        this.from = from;
        this.subscription = subscription;
    }

    /** Where it was sent to, or what was subscribed to. */
    public String destination() {
        return message.destination();
    }

    /** The headers of the SEND; none for a SUBSCRIBE. */
    public Headers headers() {
        return message.headers();
    }

    /** Shared; not to be changed. */
    public byte[] body() {
        return message.body();
    }

    /** The body read as UTF-8. */
    public String text() {
        return new String(message.body(), UTF_8);
    }

    /** Who sent it; null if it was the application itself. */
    public @Nullable Identity sender() {
        return from instanceof Session session ? session.identity() : null;
    }

    /** Whether this is a SUBSCRIBE, to be answered by one {@link #reply}. */
    public boolean isSubscribe() {
        return subscription != null;
    }

    /** The same as {@link Broker#publish(String, String)}. */
    public void publish(String destination, String text) {
        broker.publish(destination, text);
    }

    /**
     * Answers: a SUBSCRIBE with a message for that subscription alone, a SEND at its {@code reply-to} and with its
     * {@code correlation-id}.
     *
     * @throws IllegalStateException if the message has no reply-to
     */
    public void reply(String text) {
        byte[] body = text.getBytes(UTF_8);
        if (subscription != null) {
            subscription.tell(Headers.of("content-type", "text/plain"), body);
            return;
        }
        String replyTo = message.replyTo();
        if (replyTo == null) {
            throw new IllegalStateException("the message to " + destination() + " has no reply-to");
        }
        Headers.Builder headers = Headers.builder().add("content-type", "text/plain");
        String correlation = headers().get("correlation-id");
        if (correlation != null) {
            headers.add("correlation-id", correlation);
        }
        broker.publish(replyTo, headers.build(), body);
    }
}
