/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.util.function.Consumer;

/** Where messages of topics wait for a session, which {@link OutboxMemory} looks through. Any thread. */
interface WaitingRoom {

    /**
     * Shows every message that waits here and is kept for nobody else, as a queue keeps its own. Others may hold the same.
     *
     * @param visitor called under this room's lock
     * @return octets that are here beside those messages
     */
    long visit(Consumer<Message> visitor);

    /** Whether it is the session that does not take what is here, and not this server which has not offered it so far. */
    boolean isStuck();

    /** Holds publishers until nearly all that is here has been taken. */
    void squeeze();

    /** Applies the policy for those who do not keep up (SX-SLOW-1), soon. */
    void shed();
}
