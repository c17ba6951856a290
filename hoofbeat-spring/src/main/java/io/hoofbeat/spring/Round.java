/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The connections that got something to do while a thread was at the engine; they are served when it comes out of it, in the same
 * thread, so that nothing is called back under a lock of the engine's. Turns are short and are taken there; what is to be written is
 * fetched on a thread of the outbound channel, so that a message for a thousand sessions is made and written in one place for each, and
 * not first made a thousand times.
 */
final class Round {
    private static final ThreadLocal<@Nullable Round> CURRENT = new ThreadLocal<>();
    private static final int FEW = 3;

    /** Null until there is one: most rounds have a turn, and nobody to wake. */
    private @Nullable ArrayDeque<SpringConnection> turns;

    private @Nullable ArrayDeque<SpringConnection> woken;

    private Round() {}

    /** Does something at the engine, and then what came of it for connections. */
    static void play(Runnable move) {
        if (CURRENT.get() != null) {
            move.run(); // the outer one goes on
            return;
        }
        Round round = new Round();
        CURRENT.set(round);
        try {
            move.run();
        } finally {
            try {
                round.finish();
            } finally {
                CURRENT.remove();
            }
        }
    }

    /** Serves the connections of this thread, until there are none. */
    static void proceed() {
        Round round = CURRENT.get();
        if (round != null) {
            round.finish();
        }
    }

    private void finish() {
        while (true) {
            SpringConnection next = turns == null ? null : turns.poll();
            if (next != null) {
                next.takeTurn();
                continue;
            }
            next = woken == null ? null : woken.poll();
            if (next == null) {
                return;
            }
            next.beginFetching();
        }
    }

    private static ArrayDeque<SpringConnection> with(
            @Nullable ArrayDeque<SpringConnection> known, SpringConnection connection) {
        ArrayDeque<SpringConnection> all = known == null ? new ArrayDeque<>(FEW) : known;
        all.add(connection);
        return all;
    }

    /** Has the connection take its turn in this thread, if the thread is in a round. */
    static boolean joins(SpringConnection connection) {
        Round round = CURRENT.get();
        if (round != null) {
            round.turns = with(round.turns, connection);
        }
        return round != null;
    }

    /** Has the connection fetch what there is for it, if the thread is in a round. */
    static boolean wakes(SpringConnection connection) {
        Round round = CURRENT.get();
        if (round != null) {
            round.woken = with(round.woken, connection);
        }
        return round != null;
    }
}
