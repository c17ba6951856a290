/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

/**
 * What one of many has of a {@link SharedMemory}, as one amount that grows and shrinks. The smallest amounts are not counted, so that
 * who has no more than them is never refused. One thread at a time.
 */
final class Share {

    /** Not counted: a connection costs about as much in any case. */
    private static final int TRIFLE = 8 * 1024;

    /** Up to here it may be of what is reserved. */
    private static final int LITTLE = 64 * 1024;

    private final SharedMemory memory;
    private long counted;

    Share(SharedMemory memory) {
        this.memory = memory;
    }

    /** Has so many octets from now on; false if there is no room for them, and nothing has changed. */
    boolean resize(long octets) {
        long wanted = octets <= TRIFLE ? 0 : octets;
        if (wanted < counted) {
            memory.give(counted - wanted);
        } else if (wanted > counted) {
            long more = wanted - counted;
            if (!memory.take(more) && !(wanted <= LITTLE && memory.takeReserved(more))) {
                return false;
            }
        }
        counted = wanted;
        return true;
    }
}
