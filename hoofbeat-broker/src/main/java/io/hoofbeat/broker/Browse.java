/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.protocol.Headers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A SUBSCRIBE with {@code browser:true} on its way through a queue: it sees what waited there when it came, and takes nothing. It
 * looks at a page at a time, when the outbox has room for it, so that one who does not read keeps nothing that others have consumed.
 * Session's thread.
 */
final class Browse {
    private final Subscription subscription;
    private final Queue queue;
    private final boolean tellEnd;

    /** Messages that came later have positions from here on. */
    private final long end;

    /** The last that was shown; null before the first. */
    private @Nullable Delivery last;

    Browse(Subscription subscription, Queue queue, long end, boolean tellEnd) {
        this.subscription = subscription;
        this.queue = queue;
        this.end = end;
        this.tellEnd = tellEnd;
    }

    void proceed() {
        while (!subscription.isEnded()) {
            if (subscription.outbox().whenRoom(this::proceed)) {
                return;
            }
            List<Delivery> page = queue.page(subscription, last, end);
            if (page.isEmpty()) {
                tellEnd();
                return;
            }
            for (Delivery delivery : page) {
                last = delivery;
                subscription.show(delivery.message);
            }
        }
    }

    private void tellEnd() {
        if (tellEnd) {
            subscription.tell(Headers.of("browser", "end"), new byte[0]);
        }
    }
}
