/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.util.Locale;

/**
 * What a destination was like when somebody looked.
 *
 * @param subscribers how many subscriptions get its messages, those by a pattern included
 * @param messages what a queue holds, whether it waits or is under way; 0 for the others
 * @param waiting the part of it that no consumer has
 * @param bytes octets of what a queue holds, headers and bodies
 */
public record DestinationState(String name, Kind kind, int subscribers, int messages, int waiting, long bytes) {

    /** What answers to the name. */
    public enum Kind {
        TOPIC,
        QUEUE,
        /** The queue of one session, which goes with it. */
        TEMPORARY_QUEUE,
        /** A {@link Handler}. */
        APPLICATION;

        /** As people write it: {@code temporary-queue}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
