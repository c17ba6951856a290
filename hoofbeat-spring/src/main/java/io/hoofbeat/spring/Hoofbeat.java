/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.broker.Broker;
import org.jspecify.annotations.Nullable;

/**
 * The broker of an application, as a bean for code that wants more of it than Spring's channels give.
 *
 * <p>Any thread. Every method throws {@link IllegalStateException} if the application has another broker, or if it does not run.
 */
public final class Hoofbeat {
    private final BrokerSlot slot;

    Hoofbeat(BrokerSlot slot) {
        this.slot = slot;
    }

    private SpringBroker spring() {
        @Nullable SpringBroker broker = slot.broker();
        if (broker == null) {
            throw new IllegalStateException("the application's broker is Spring's own");
        }
        if (!broker.isRunning()) {
            throw new IllegalStateException("the broker does not run");
        }
        return broker;
    }

    /** The engine. */
    public Broker broker() {
        return spring().broker();
    }

    /**
     * Ends a session by an ERROR.
     *
     * @param session Spring's id of it, as in {@code SimpMessageHeaderAccessor.getSessionId} and in events; or the engine's, which
     *     CONNECTED says, for one that came by another listener
     * @param why one line for the client
     * @return whether there was such a session
     */
    public boolean endSession(String session, String why) {
        return spring().endSession(session, why);
    }

    /**
     * Ends all sessions of a user in the same way, those at other listeners included.
     *
     * @param user the name of the principal
     * @return how many there were
     */
    public int endSessionsOf(String user, String why) {
        return spring().endSessionsOf(user, why);
    }
}
