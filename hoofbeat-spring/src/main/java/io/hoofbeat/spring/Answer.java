/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.broker.Receipt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;

/**
 * The receipt of a frame that goes to application code: it travels with the message through Spring's channels, and is given when all
 * that handle the message have done so. What is asynchronous, and what is passed on through another channel, holds it longer.
 *
 * <p>The engine has promised it, so that the RECEIPT of a DISCONNECT comes behind it. Any thread, apart from {@link #promised}.
 */
final class Answer {
    private final SpringBroker broker;
    private final String session;
    private final String id;
    private final AtomicInteger holders;
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

    /** Null until the session has had its turn at the frame; only then. */
    private @Nullable Receipt promise;

    /**
     * An answer that is due.
     *
     * @param id the frame's {@code receipt}
     * @param holders how many will {@link #release} it
     */
    Answer(SpringBroker broker, String session, String id, int holders) {
        this.broker = broker;
        this.session = session;
        this.id = id;
        this.holders = new AtomicInteger(holders);
    }

    /** The answer that travels with a message; null if there is none. */
    static @Nullable Answer of(Message<?> message) {
        return message.getHeaders().get(StompMessages.ANSWER) instanceof Answer answer ? answer : null;
    }

    String session() {
        return session;
    }

    String id() {
        return id;
    }

    /** The session takes its turn at the frame. Session's turn. */
    void promised(Receipt receipt) {
        promise = receipt;
    }

    void hold(int more) {
        holders.addAndGet(more);
    }

    /** The frame could not be handled; the first reason counts. */
    void fail(String text) {
        failure.compareAndSet(null, text);
    }

    /** Somebody has done with the message. */
    void release() {
        if (holders.decrementAndGet() == 0) {
            broker.inTurnOf(session, this::give);
        }
    }

    private void give() {
        Receipt receipt = promise;
        String text = failure.get();
        if (receipt != null && text != null) {
            receipt.fail(text);
        } else if (receipt != null) {
            receipt.confirm();
        }
    }
}
