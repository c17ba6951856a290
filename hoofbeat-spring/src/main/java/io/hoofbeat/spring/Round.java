/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The connections that got something to do while a thread was at the engine; they have their turns when it comes out of it, in the same
 * thread. So a message reaches a thousand sessions without a thousand hand-overs, and nothing is called back under a lock of the
 * engine's.
 */
final class Round {
    private static final ThreadLocal<@Nullable ArrayDeque<SpringConnection>> CURRENT = new ThreadLocal<>();

    private Round() {}

    /** Does something at the engine, and then what came of it for connections. */
    static void play(Runnable move) {
        if (CURRENT.get() != null) {
            move.run(); // the outer one goes on
            return;
        }
        CURRENT.set(new ArrayDeque<>());
        try {
            move.run();
        } finally {
            try {
                proceed();
            } finally {
                CURRENT.remove();
            }
        }
    }

    /** Gives the connections of this thread their turns, until there are none. */
    static void proceed() {
        ArrayDeque<SpringConnection> connections = CURRENT.get();
        if (connections == null) {
            return;
        }
        for (SpringConnection next = connections.poll(); next != null; next = connections.poll()) {
            next.takeTurn();
        }
    }

    /** Has the connection take its turn in this thread, if the thread is in a round. */
    static boolean joins(SpringConnection connection) {
        ArrayDeque<SpringConnection> connections = CURRENT.get();
        return connections != null && connections.add(connection);
    }
}
