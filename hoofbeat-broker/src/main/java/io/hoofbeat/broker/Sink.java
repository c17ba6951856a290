/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.protocol.Frame;
import org.jspecify.annotations.Nullable;

/** Where a drain of an {@link Outbox} writes: a channel's buffer, Spring's channel, a test's list. Called by the session's thread. */
public interface Sink {

    /** Whether it takes more just now; if not, the drain ends and the transport wakes it later. */
    boolean hasRoom();

    /** A whole frame: CONNECTED, RECEIPT or ERROR. */
    void frame(Frame frame);

    /**
     * A MESSAGE: {@code subscription.head(message, delivery)} and then {@code message.tail(version)}, or the same from its parts.
     *
     * @param delivery null for a message of a topic; its tag and count else
     */
    void message(Subscription subscription, Message message, @Nullable Delivery delivery);

    /** A heart-beat: one LF between frames. */
    void beat();
}
