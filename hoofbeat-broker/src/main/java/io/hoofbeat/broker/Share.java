/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

/** What one of many holds of a memory that all share, as one amount that grows and shrinks. One thread at a time. */
public final class Share {

    /** For {@link Broker#inputShare}: a connection costs about as much in any case. */
    static final int TRIFLE = 8 * 1024;

    /** Up to here it may be of what is reserved. */
    private static final int LITTLE = 64 * 1024;

    private final SharedMemory memory;
    private final int trifle;
    private long counted;

    /**
     * Nothing so far.
     *
     * @param trifle up to so many octets are not counted, so that who has no more is never refused
     */
    Share(SharedMemory memory, int trifle) {
        this.memory = memory;
        this.trifle = trifle;
    }

    /** Has so many octets from now on, 0 at its end; false if there is no room for them, and nothing has changed. */
    public boolean resize(long octets) {
        long wanted = octets <= trifle ? 0 : octets;
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
