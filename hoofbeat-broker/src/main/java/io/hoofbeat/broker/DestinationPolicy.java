/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What holds for the destinations that match a pattern. The first policy that matches a destination is the one for it.
 *
 * @param pattern which destinations, see {@link DestinationPattern}
 * @param kind topic or queue
 * @param create whether a destination comes into being when a client names it
 * @param maxMessages messages a queue may hold
 * @param maxBytes octets a queue may hold, headers and bodies
 * @param whenFull what happens to a SEND to a full queue
 * @param maxDeliveries how often a message is delivered before it goes to the dead letters; 0: without end
 * @param redeliveryDelay how long a message waits that was refused and has no other consumer; doubled each time
 * @param maxRedeliveryDelay where the doubling ends
 * @param deadLetters the queue for messages that nobody could process; null: they are dropped and counted
 * @param deadLetterExpired whether messages go there as well when their time is over
 * @param timeToLive how long a message is good for that does not say so itself; null: for ever
 * @param slowConsumer what befalls a subscriber of a topic that does not keep up
 * @param keyHeader of which header {@link SlowConsumer#KEEP_LATEST} keeps the latest value each
 */
public record DestinationPolicy(
        String pattern,
        Kind kind,
        boolean create,
        int maxMessages,
        long maxBytes,
        WhenFull whenFull,
        int maxDeliveries,
        Duration redeliveryDelay,
        Duration maxRedeliveryDelay,
        @Nullable String deadLetters,
        boolean deadLetterExpired,
        @Nullable Duration timeToLive,
        SlowConsumer slowConsumer,
        String keyHeader) {

    /** Whether every subscriber gets a message, or one. */
    public enum Kind {
        TOPIC,
        QUEUE
    }

    /** What happens to a SEND to a full queue. */
    public enum WhenFull {
        /** The sender waits: no more is read from its connection until there is room. */
        HOLD,
        /** ERROR, and the connection ends (S11-SEND-2). */
        REJECT,
        /** The oldest message that nobody has makes room, and is counted. */
        DROP_OLDEST
    }

    /** What befalls a subscriber of a topic that does not keep up (SX-SLOW-1). */
    public enum SlowConsumer {
        /** ERROR that says why, and the connection ends: nothing is lost in silence. */
        DISCONNECT,
        /** It loses the oldest of what waits for it. */
        DROP_OLDEST,
        /** It loses what comes. */
        DROP_NEWEST,
        /** Of messages with the same key it gets the latest only. */
        KEEP_LATEST;

        /** As it stands in a configuration or a header: "drop-oldest". */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Starts from the defaults for a topic or a queue. */
    public static Builder builder(String pattern, Kind kind) {
        return new Builder(pattern, kind);
    }

    /** Everything that can be said about a destination, under the names of the configuration. */
    public static final class Builder {
        private final String pattern;
        private final Kind kind;
        private boolean create = true;
        private int maxMessages = 1_000_000;
        private long maxBytes = 64L << 20;
        private WhenFull whenFull = WhenFull.HOLD;
        private int maxDeliveries = 6;
        private Duration redeliveryDelay = Duration.ofSeconds(1);
        private Duration maxRedeliveryDelay = Duration.ofMinutes(1);
        private @Nullable String deadLetters = "/queue/dead-letters";
        private boolean deadLetterExpired;
        private @Nullable Duration timeToLive;
        private SlowConsumer slowConsumer = SlowConsumer.DISCONNECT;
        private String keyHeader = "key";

        private Builder(String pattern, Kind kind) {
            this.pattern = pattern;
            this.kind = kind;
        }

        @Setting("Whether a destination comes into being when a client names it.")
        public Builder create(boolean create) {
            this.create = create;
            return this;
        }

        @Setting("Messages a queue may hold.")
        public Builder maxMessages(int messages) {
            this.maxMessages = messages;
            return this;
        }

        @Setting(value = "Octets a queue may hold, headers and bodies.", bytes = true)
        public Builder maxBytes(long bytes) {
            this.maxBytes = bytes;
            return this;
        }

        @Setting("What happens to a SEND to a full queue: hold (the sender waits), reject (ERROR), drop-oldest.")
        public Builder whenFull(WhenFull whenFull) {
            this.whenFull = whenFull;
            return this;
        }

        @Setting("How often a message is delivered before it goes to the dead letters; 0: without end.")
        public Builder maxDeliveries(int deliveries) {
            this.maxDeliveries = deliveries;
            return this;
        }

        @Setting("How long a refused message waits if no other consumer is there; doubled each time.")
        public Builder redeliveryDelay(Duration delay) {
            this.redeliveryDelay = delay;
            return this;
        }

        @Setting("Where the doubling of redelivery-delay ends.")
        public Builder maxRedeliveryDelay(Duration delay) {
            this.maxRedeliveryDelay = delay;
            return this;
        }

        @Setting("The queue for messages that nobody could process; empty: they are dropped and counted.")
        public Builder deadLetters(@Nullable String queue) {
            this.deadLetters = queue == null || queue.isEmpty() ? null : queue;
            return this;
        }

        @Setting("Whether messages go to the dead letters as well when their time is over.")
        public Builder deadLetterExpired(boolean expired) {
            this.deadLetterExpired = expired;
            return this;
        }

        @Setting("How long a message is good for that does not say so itself; empty: for ever.")
        public Builder timeToLive(@Nullable Duration timeToLive) {
            this.timeToLive = timeToLive;
            return this;
        }

        @Setting(
                "What befalls a subscriber of a topic that does not keep up: disconnect, drop-oldest, drop-newest, keep-latest.")
        public Builder slowConsumer(SlowConsumer slowConsumer) {
            this.slowConsumer = slowConsumer;
            return this;
        }

        @Setting("The header of which keep-latest keeps the latest message each.")
        public Builder keyHeader(String header) {
            this.keyHeader = header;
            return this;
        }

        public DestinationPolicy build() {
            return new DestinationPolicy(
                    pattern,
                    kind,
                    create,
                    maxMessages,
                    maxBytes,
                    whenFull,
                    maxDeliveries,
                    redeliveryDelay,
                    maxRedeliveryDelay,
                    deadLetters,
                    deadLetterExpired,
                    timeToLive,
                    slowConsumer,
                    keyHeader);
        }
    }
}
