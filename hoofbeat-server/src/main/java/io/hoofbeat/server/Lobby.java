/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import java.util.LinkedHashSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The connections of one event loop that have not logged in, and the memory that they hold together with those of the other
 * loops. If it is too much those go first that have been here longest (RELIABILITY B10). Event loop.
 */
final class Lobby {

    /** Who has not logged in. */
    interface Guest {
        /** Has to go, since all of them hold too much. */
        void putOut();
    }

    private final LinkedHashSet<Guest> guests = new LinkedHashSet<>();
    /** Shared by all loops of a server. */
    private final AtomicLong held;

    private final long most;

    Lobby(AtomicLong held, long most) {
        this.held = held;
        this.most = most;
    }

    void enter(Guest guest) {
        guests.add(guest);
    }

    /** It holds so much more. */
    void hold(int octets) {
        if (held.addAndGet(octets) > most) {
            makeRoom();
        }
    }

    private void makeRoom() {
        while (held.get() > most && !guests.isEmpty()) {
            Guest oldest = guests.iterator().next();
            guests.remove(oldest);
            oldest.putOut();
        }
    }

    /** It has logged in, or is gone. */
    void leave(Guest guest, long octets) {
        guests.remove(guest);
        held.addAndGet(-octets);
    }
}
