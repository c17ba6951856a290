/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.broker.DestinationPolicy.SlowConsumer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What waits for a subscription that does not keep up with its topics and may lose messages by its policy. While it is active, new
 * messages come here instead of into the outbox; when the outbox has room they go on in their order, until nothing is left.
 *
 * <p>Any thread. Its lock may be held while the outbox takes an item, never the reverse.
 */
final class Backlog implements WaitingRoom {
    /** The part of its bound that is left when it has to give. */
    private static final int SHED_TO = 16;

    private final Subscription subscription;
    private final SlowConsumer policy;
    private final String keyHeader;
    private final int maxMessages;
    private final long maxBytes;
    private final OutboxMemory memory;

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
        this.memory = subscription.session().broker().outboxMemory();
    }

    /** From now on messages come here, until the outbox has room and nothing is left. */
    void begin() {
        synchronized (this) {
            if (active) {
                return;
            }
            active = true;
            memory.add(this);
        }
        proceed();
    }

    /** The same with what was in the outbox so far, of all of which not more than that is kept. */
    void begin(List<Message> before, long most) {
        int dropped = 0;
        synchronized (this) {
            active = true;
            memory.add(this);
            List<Message> all = new ArrayList<>(before);
            all.addAll(messages.values());
            messages.clear();
            bytes = 0;
            for (Message message : all) {
                dropped += keep(message, most);
            }
        }
        if (dropped > 0) {
            subscription.countDropped(before.get(0).destination(), dropped);
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
            dropped = keep(message, maxBytes);
        }
        if (dropped > 0) {
            subscription.countDropped(message.destination(), dropped);
        }
        return true;
    }

    /** How many are dropped. One is kept, whatever its size. */
    private int keep(Message message, long most) {
        boolean full = messages.size() >= maxMessages || (bytes + message.size() > most && !messages.isEmpty());
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
        while (messages.size() > 1 && (messages.size() > maxMessages || bytes > most)) {
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
                    finish();
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
            finish();
        }
    }

    private void finish() {
        active = false;
        memory.remove(this);
    }

    // ---- when too much waits for all

    @Override
    public synchronized long visit(Consumer<Message> visitor) {
        messages.values().forEach(visitor);
        return 0;
    }

    @Override
    public boolean isStuck() {
        return true; // or else there would be no backlog
    }

    /** It has no publishers to hold; its bounds are its own. */
    @Override
    public void squeeze() {}

    @Override
    public void shed() {
        int dropped = 0;
        String from = "";
        synchronized (this) {
            List<Message> all = new ArrayList<>(messages.values());
            messages.clear();
            bytes = 0;
            for (Message message : all) {
                from = message.destination();
                dropped += keep(message, maxBytes / SHED_TO);
            }
        }
        if (dropped > 0) {
            subscription.countDropped(from, dropped);
        }
    }
}
