/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.broker.DestinationPolicy.SlowConsumer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happens when a session does not take what is for it. Others wait for it a while, then the policy applies (SX-SLOW-1); the policy
 * applies at once when too much waits for all sessions; and what it asked for itself, such as receipts, stops it.
 */
final class Backpressure {
    private final Session session;
    private final Broker broker;
    private final Outbox outbox;

    /** Null until needed; made under this object's lock. */
    private volatile @Nullable Patience patience;

    /** Session's thread. */
    private boolean waitsForOwnRoom;

    Backpressure(Session session, Outbox outbox) {
        this.session = session;
        this.broker = session.broker();
        this.outbox = outbox;
    }

    /** How long others wait. Any thread. */
    Patience patience() {
        Patience known = patience;
        if (known != null) {
            return known;
        }
        synchronized (this) {
            if (patience == null) {
                patience = new Patience(session);
            }
            return patience;
        }
    }

    /**
     * Stops it if there is more than twice what should be. Who reads only when it has written may go on for a while, but not without
     * end: all its frames may ask for receipts. Session's thread, for each frame.
     */
    void stopIfOverfull() {
        if (outbox.isOverfull() && !waitsForOwnRoom) {
            waitsForOwnRoom = true;
            session.stall();
            if (!outbox.whenRoom(this::goOn)) {
                goOn();
            }
        }
    }

    private void goOn() {
        waitsForOwnRoom = false;
        session.release();
    }

    /** A subscription took too little for too long; what waits is thrown away, so that the ERROR gets out. Any thread. */
    void tooSlow(String subscription, String destination) {
        session.execute(() -> {
            if (session.isOpen()) {
                outbox.clear();
                session.endAsTooSlow("too slow for " + destination + ", subscription " + subscription);
            }
        });
    }

    /** Too much waits for all sessions, and for this one most. Any thread. */
    void shed() {
        session.execute(() -> {
            long most = broker.options().outboxLowWater() / 4;
            boolean sticks = outbox.halfWritten() > most;
            Map<Subscription, List<Message>> waited = outbox.withdraw();
            waited.keySet().removeIf(Subscription::isEnded);
            if (sticks) {
                // Only the end of the connection lets go of it.
                outbox.clearAll();
                session.endAsTooSlow(text());
                session.abort();
            } else if (session.isOpen()
                    && (waited.isEmpty() || waited.entrySet().stream().anyMatch(Backpressure::disconnects))) {
                outbox.clearAll();
                session.endAsTooSlow(text());
            } else if (session.isOpen()) {
                waited.forEach((subscription, messages) -> subscription.shed(messages, most / waited.size()));
                outbox.tellRoom();
            }
        });
    }

    private String text() {
        return "too slow, while too much waits for all sessions (limit "
                + broker.options().maxOutboxBytes() + " octets, max-outbox-bytes)";
    }

    private static boolean disconnects(Map.Entry<Subscription, List<Message>> waited) {
        String from = waited.getValue().get(0).destination();
        return waited.getKey().slowConsumer(from) == SlowConsumer.DISCONNECT;
    }
}
