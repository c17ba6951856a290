/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.broker.DestinationPolicy.SlowConsumer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What waits for a subscription that does not keep up with its topics and may lose messages by its policy. While it is active, new
 * messages come here instead of into the outbox; when the outbox has room they go on in their order, until nothing is left.
 *
 * <p>Any thread. Its lock may be held while the outbox takes an item, never the reverse.
 */
final class Backlog {
    private final Subscription subscription;
    private final SlowConsumer policy;
    private final String keyHeader;
    private final int maxMessages;
    private final long maxBytes;

    /** By key for KEEP_LATEST, by a running number else; guarded by this, as is all that follows. */
    private final Map<Object, Message> messages = new LinkedHashMap<>();

    private long bytes;
    private long number;
    private boolean active;

    Backlog(Subscription subscription, SlowConsumer policy, String keyHeader, BrokerOptions options) {
        this.subscription = subscription;
        this.policy = policy;
        this.keyHeader = keyHeader;
        this.maxMessages = options.maxBacklog();
        this.maxBytes = options.outboxHighWater();
    }

    /** From now on messages come here, until the outbox has room and nothing is left. */
    void begin() {
        synchronized (this) {
            if (active) {
                return;
            }
            active = true;
        }
        proceed();
    }

    /** Takes the message, or drops one; false if it is not active. */
    boolean add(Message message) {
        int dropped;
        synchronized (this) {
            if (!active) {
                return false;
            }
            dropped = keep(message);
        }
        if (dropped > 0) {
            subscription.countDropped(message.destination(), dropped);
        }
        return true;
    }

    private int keep(Message message) {
        boolean full = messages.size() >= maxMessages || bytes + message.size() > maxBytes;
        if (full && policy == SlowConsumer.DROP_NEWEST) {
            return 1;
        }
        int dropped = 0;
        String key = policy == SlowConsumer.KEEP_LATEST ? message.headers().get(keyHeader) : null;
        Message replaced = messages.put(key == null ? (Object) number++ : key, message);
        bytes += message.size();
        if (replaced != null) {
            bytes -= replaced.size();
            dropped++;
        }
        while (messages.size() > 1 && (messages.size() > maxMessages || bytes > maxBytes)) {
            removeFirst();
            dropped++;
        }
        return dropped;
    }

    private @Nullable Message removeFirst() {
        Iterator<Message> first = messages.values().iterator();
        if (!first.hasNext()) {
            return null;
        }
        Message message = first.next();
        first.remove();
        bytes -= message.size();
        return message;
    }

    private void proceed() {
        if (subscription.outbox().whenRoom(this::proceed)) {
            return;
        }
        synchronized (this) {
            while (subscription.outbox().hasRoom()) {
                Message message = subscription.isEnded() ? null : removeFirst();
                if (message == null) {
                    active = false;
                    return;
                }
                subscription.outbox().offer(subscription, message, null);
            }
        }
        proceed();
    }

    void end() {
        synchronized (this) {
            messages.clear();
            bytes = 0;
            active = false;
        }
    }
}
