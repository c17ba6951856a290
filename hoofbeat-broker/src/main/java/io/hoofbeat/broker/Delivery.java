/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import org.jspecify.annotations.Nullable;

/**
 * One message of one queue, from SEND to its end: first it waits in a list of the queue, then it is out with a consumer, perhaps
 * several times. Guarded by the queue, except where a field says otherwise.
 */
public final class Delivery {
    final Queue queue;
    final Message message;

    /** Where it stands in the queue: ascending as messages come, kept when it returns. */
    final long position;

    final int priority;
    final @Nullable String group;

    /** Who has it; null while it waits. Set by the queue; while set, changed by the holder's session's thread alone. */
    @Nullable Consumer holder;

    /** Whether it took a credit of its holder that was not given back. */
    boolean costsCredit;

    /** How often it was written to a socket. The session's thread of the holder, and the queue while it waits. */
    int deliveries;

    /** When it was written last, by the broker's clock; session's thread of the holder. */
    long writtenNanos;

    /** The order in which the session wrote its deliveries, for cumulative acknowledgements; session's thread. */
    long writtenOrder;

    /** Who refused it last; he gets it again only if there is nobody else. */
    @Nullable Subscription refusedBy;

    /** From when on it may be delivered again; 0: at once. */
    long dueNanos;

    /** The list that it is in, its neighbours there. */
    @Nullable Delivery previous;

    @Nullable Delivery next;

    Delivery(Queue queue, Message message, long position) {
        this.queue = queue;
        this.message = message;
        this.position = position;
        this.priority = priority(message);
        String group = message.headers().get("JMSXGroupID");
        this.group = group != null ? group : message.headers().get("message_group");
    }

    /** 0 to 9, as in JMS; 4 unless the message says otherwise in a form that can be read. */
    private static int priority(Message message) {
        String value = message.headers().get("priority");
        if (value != null) {
            value = value.strip();
            if (value.length() == 1 && value.charAt(0) >= '0' && value.charAt(0) <= '9') {
                return value.charAt(0) - '0';
            }
            if (!value.isEmpty() && value.length() < 4 && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return 9;
            }
        }
        return 4;
    }

    /** How often it was delivered before. */
    public int deliveries() {
        return deliveries;
    }

    boolean isWith(Subscription subscription) {
        Consumer consumer = holder;
        return consumer != null && consumer.subscription == subscription;
    }

    /** Higher priority first, then the older. */
    boolean isBefore(Delivery other) {
        return priority != other.priority ? priority > other.priority : position < other.position;
    }
}
