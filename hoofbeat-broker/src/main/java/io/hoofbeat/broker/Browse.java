/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.protocol.Headers;
import java.util.List;

/** The messages that a queue held at a SUBSCRIBE with {@code browser:true}, on their way to one who only looks. Session's thread. */
final class Browse {
    private final Subscription subscription;
    private final List<Message> messages;
    private final boolean tellEnd;
    private int next;

    Browse(Subscription subscription, List<Message> messages, boolean tellEnd) {
        this.subscription = subscription;
        this.messages = messages;
        this.tellEnd = tellEnd;
    }

    void proceed() {
        while (next < messages.size() && !subscription.isEnded()) {
            if (subscription.outbox().whenRoom(this::proceed)) {
                return;
            }
            subscription.outbox().offer(subscription, messages.get(next++), null);
        }
        if (tellEnd && !subscription.isEnded()) {
            subscription.tell(Headers.of("browser", "end"), new byte[0]);
        }
    }
}
