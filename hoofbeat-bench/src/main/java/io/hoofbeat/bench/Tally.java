/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What arrived, and whether it is what had to: each message of each stream once at each of its receivers, in order. Used by the
 * loop's thread.
 *
 * <p>For a topic the next number of each stream at each receiver is kept, and a set of those that were skipped, should there be
 * any. For a queue, where every message has one receiver of many, the set of all that came, and the last at each receiver.
 */
final class Tally {
    private final int streams;
    private final boolean shared;
    private final long[] last;
    private final @Nullable BitSet[] sets;
    private long received;
    private long duplicates;
    private long disordered;
    private long foreign;

    /**
     * Before anything came.
     *
     * @param shared whether each message has one receiver, and it is not known which
     */
    Tally(int receivers, int streams, boolean shared) {
        this.streams = streams;
        this.shared = shared;
        last = new long[receivers * streams];
        Arrays.fill(last, -1);
        sets = new BitSet[shared ? streams : receivers * streams];
    }

    void received(int receiver, int stream, long number) {
        if (stream >= streams || receiver < 0) {
            foreign++;
            return;
        }
        received++;
        int at = receiver * streams + stream;
        long before = last[at];
        if (number == before + 1 && !shared) {
            last[at] = number;
            return;
        }
        if (number > before) {
            last[at] = number;
        }
        if (shared) {
            one(stream, number, number > before);
        } else if (number > before) {
            set(at).set((int) before + 1, (int) number); // skipped
        } else if (set(at).get((int) number)) {
            set(at).clear((int) number);
            disordered++;
        } else {
            duplicates++;
        }
    }

    private void one(int stream, long number, boolean inOrder) {
        BitSet came = set(stream);
        if (came.get((int) number)) {
            duplicates++;
            return;
        }
        came.set((int) number);
        if (!inOrder) {
            disordered++;
        }
    }

    private BitSet set(int at) {
        BitSet set = sets[at];
        if (set == null) {
            set = new BitSet();
            sets[at] = set;
        }
        return set;
    }

    /** How many of a stream's messages did not come to a receiver, or to any where there is one for each. */
    long lost(int receiver, int stream, long sent) {
        int at = shared ? stream : receiver * streams + stream;
        BitSet set = sets[at];
        int count = set == null ? 0 : set.cardinality();
        return shared ? sent - count : count + sent - 1 - last[at];
    }

    long received() {
        return received;
    }

    long duplicates() {
        return duplicates;
    }

    long disordered() {
        return disordered;
    }

    /** Messages that nobody of this run sent. */
    long foreign() {
        return foreign;
    }
}
