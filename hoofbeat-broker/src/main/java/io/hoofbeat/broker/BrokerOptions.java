/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.broker.DestinationPolicy.Kind;
import io.hoofbeat.protocol.CodecLimits;
import io.hoofbeat.protocol.HeartBeat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Every setting of the engine, with its default and its limit. The components are documented at the methods of {@link Builder},
 * whose names they have.
 */
public record BrokerOptions(
        CodecLimits codec,
        HeartBeat heartBeat,
        double heartBeatTolerance,
        Duration connectTimeout,
        Duration frameTimeout,
        Duration silenceTimeout,
        Set<String> virtualHosts,
        boolean serverHeader,
        boolean strict,
        boolean lenient,
        int maxSessions,
        int maxSessionsPerAddress,
        int maxSubscriptions,
        int maxTransactions,
        int maxTransactionFrames,
        long maxTransactionBytes,
        Duration transactionTimeout,
        int maxDestinations,
        Duration idleDestination,
        int maxDestinationBytes,
        int prefetch,
        int maxPrefetch,
        Duration ackTimeout,
        long outboxHighWater,
        long outboxLowWater,
        Duration stallTime,
        int maxBacklog,
        long maxQueueBytes,
        long maxInputBytes,
        long maxOutboxBytes,
        long maxSubscriptionBytes,
        long maxDirectoryBytes,
        List<DestinationPolicy> policies,
        DestinationMatcher matcher,
        Authenticator authenticator,
        Authorizer authorizer,
        List<BrokerListener> listeners) {

    /** Queues below {@code /queue}, topics everywhere else. */
    static final List<DestinationPolicy> DEFAULT_POLICIES = List.of(
            DestinationPolicy.builder("/queue/**", Kind.QUEUE).build(),
            DestinationPolicy.builder("/reply-queue/**", Kind.QUEUE).build(),
            DestinationPolicy.builder("**", Kind.TOPIC).build());

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that has these settings. */
    public Builder toBuilder() {
        Builder builder = new Builder()
                .codec(codec)
                .heartBeatSend(Duration.ofMillis(heartBeat.sendMillis()))
                .heartBeatReceive(Duration.ofMillis(heartBeat.receiveMillis()))
                .heartBeatTolerance(heartBeatTolerance)
                .connectTimeout(connectTimeout)
                .frameTimeout(frameTimeout)
                .silenceTimeout(silenceTimeout)
                .virtualHosts(virtualHosts)
                .serverHeader(serverHeader)
                .strict(strict)
                .lenient(lenient)
                .maxSessions(maxSessions)
                .maxSessionsPerAddress(maxSessionsPerAddress)
                .maxSubscriptions(maxSubscriptions)
                .maxTransactions(maxTransactions)
                .maxTransactionFrames(maxTransactionFrames)
                .maxTransactionBytes(maxTransactionBytes)
                .transactionTimeout(transactionTimeout)
                .maxDestinations(maxDestinations)
                .idleDestination(idleDestination)
                .maxDestinationBytes(maxDestinationBytes)
                .prefetch(prefetch)
                .maxPrefetch(maxPrefetch)
                .ackTimeout(ackTimeout)
                .outboxHighWater(outboxHighWater)
                .outboxLowWater(outboxLowWater)
                .stallTime(stallTime)
                .maxBacklog(maxBacklog)
                .maxQueueBytes(maxQueueBytes)
                .maxInputBytes(maxInputBytes)
                .maxOutboxBytes(maxOutboxBytes)
                .maxSubscriptionBytes(maxSubscriptionBytes)
                .maxDirectoryBytes(maxDirectoryBytes)
                .matcher(matcher)
                .authenticator(authenticator)
                .authorizer(authorizer);
        policies.subList(0, policies.size() - DEFAULT_POLICIES.size()).forEach(builder::policy);
        listeners.forEach(builder::listener);
        return builder;
    }

    /** All settings, each under its name. */
    public static final class Builder {
        private CodecLimits codec = CodecLimits.DEFAULT;
        private int heartBeatSend = 10_000;
        private int heartBeatReceive = 10_000;
        private double heartBeatTolerance = 2;
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration frameTimeout = Duration.ofSeconds(60);
        private Duration silenceTimeout = Duration.ZERO;
        private Set<String> virtualHosts = Set.of();
        private boolean serverHeader = true;
        private boolean strict;
        private boolean lenient;
        private int maxSessions = 100_000;
        private int maxSessionsPerAddress = 100_000;
        private int maxSubscriptions = 1_000;
        private int maxTransactions = 16;
        private int maxTransactionFrames = 1_000;
        private long maxTransactionBytes = 64L << 20;
        private Duration transactionTimeout = Duration.ofMinutes(5);
        private int maxDestinations = 100_000;
        private Duration idleDestination = Duration.ofSeconds(60);
        private int maxDestinationBytes = 1_024;
        private int prefetch = 200;
        private int maxPrefetch = 1_000;
        private Duration ackTimeout = Duration.ofMinutes(30);
        private long outboxHighWater = 1L << 20;
        private long outboxLowWater = 256L << 10;
        private Duration stallTime = Duration.ofSeconds(1);
        private int maxBacklog = 1_000;
        private long maxQueueBytes = partOfHeap(4);
        private long maxInputBytes = partOfHeap(8);
        private long maxOutboxBytes = partOfHeap(8);
        private long maxSubscriptionBytes = partOfHeap(8);
        private long maxDirectoryBytes = partOfHeap(16);
        private final List<DestinationPolicy> policies = new ArrayList<>();
        private DestinationMatcher matcher = DestinationMatcher.WILDCARDS;
        private Authenticator authenticator = Authenticator.ANYBODY;
        private Authorizer authorizer = Authorizer.EVERYTHING;
        private final List<BrokerListener> listeners = new ArrayList<>();

        private Builder() {}

        private static long partOfHeap(int divisor) {
            return Math.max(16L << 20, Runtime.getRuntime().maxMemory() / divisor);
        }

        @Setting(value = "Header lines of a frame.", min = 16, max = 10_000)
        public Builder maxHeaders(int headers) {
            return codec(new CodecLimits(
                    codec.command(),
                    headers,
                    codec.headerLine(),
                    codec.headerOctets(),
                    codec.body(),
                    codec.connectFrame()));
        }

        @Setting(value = "Octets of one header line.", bytes = true, min = 256, max = 1 << 20)
        public Builder maxHeaderLine(int octets) {
            return codec(new CodecLimits(
                    codec.command(),
                    codec.headers(),
                    octets,
                    codec.headerOctets(),
                    codec.body(),
                    codec.connectFrame()));
        }

        @Setting(value = "Octets of all header lines of a frame.", bytes = true, min = 1_024, max = 16 << 20)
        public Builder maxHeaderBytes(int octets) {
            return codec(new CodecLimits(
                    codec.command(), codec.headers(), codec.headerLine(), octets, codec.body(), codec.connectFrame()));
        }

        @Setting(value = "Octets of a body.", bytes = true, max = 1 << 30)
        public Builder maxBody(int octets) {
            return codec(new CodecLimits(
                    codec.command(),
                    codec.headers(),
                    codec.headerLine(),
                    codec.headerOctets(),
                    octets,
                    codec.connectFrame()));
        }

        @Setting(value = "Octets of the CONNECT frame.", bytes = true, min = 1_024, max = 1 << 20)
        public Builder maxConnectFrame(int octets) {
            return codec(new CodecLimits(
                    codec.command(), codec.headers(), codec.headerLine(), codec.headerOctets(), codec.body(), octets));
        }

        /** The five limits above in one. */
        public Builder codec(CodecLimits limits) {
            this.codec = limits;
            return this;
        }

        @Setting(value = "How often the server offers to send a heart-beat; 0: never.", max = Integer.MAX_VALUE)
        public Builder heartBeatSend(Duration interval) {
            this.heartBeatSend = Math.toIntExact(interval.toMillis());
            return this;
        }

        @Setting(value = "How often the server wants a heart-beat from clients; 0: never.", max = Integer.MAX_VALUE)
        public Builder heartBeatReceive(Duration interval) {
            this.heartBeatReceive = Math.toIntExact(interval.toMillis());
            return this;
        }

        @Setting(
                value =
                        "After how many missed intervals a connection counts as lost (at least one second more than one).",
                min = 1,
                max = 100)
        public Builder heartBeatTolerance(double intervals) {
            this.heartBeatTolerance = intervals;
            return this;
        }

        @Setting(value = "From the accepted connection to a complete CONNECT, handshakes included.", min = 100)
        public Builder connectTimeout(Duration timeout) {
            this.connectTimeout = timeout;
            return this;
        }

        @Setting(value = "How long a frame that was begun may stand still.", min = 100)
        public Builder frameTimeout(Duration timeout) {
            this.frameTimeout = timeout;
            return this;
        }

        @Setting("How long a connection without heart-beats may be silent; 0: for ever.")
        public Builder silenceTimeout(Duration timeout) {
            this.silenceTimeout = timeout;
            return this;
        }

        @Setting("The virtual hosts that CONNECT may name; empty or one: any name will do.")
        public Builder virtualHosts(Set<String> hosts) {
            this.virtualHosts = hosts;
            return this;
        }

        @Setting("Whether CONNECTED says what server this is.")
        public Builder serverHeader(boolean server) {
            this.serverHeader = server;
            return this;
        }

        @Setting("Whether UNSUBSCRIBE of an unknown id is an error.")
        public Builder strict(boolean strict) {
            this.strict = strict;
            return this;
        }

        /**
         * Whether what applications do that were written for Spring's simple broker is ignored instead of being an error: ACK of an
         * id that was never issued (SX-ACK-1), SUBSCRIBE again with the same id and destination (SX-SUB-2), SEND to what looks like a
         * pattern.
         */
        public Builder lenient(boolean lenient) {
            this.lenient = lenient;
            return this;
        }

        @Setting(value = "Sessions at a time.", min = 1)
        public Builder maxSessions(int sessions) {
            this.maxSessions = sessions;
            return this;
        }

        @Setting(value = "Sessions at a time from one address.", min = 1)
        public Builder maxSessionsPerAddress(int sessions) {
            this.maxSessionsPerAddress = sessions;
            return this;
        }

        @Setting(value = "Subscriptions of a session.", min = 1)
        public Builder maxSubscriptions(int subscriptions) {
            this.maxSubscriptions = subscriptions;
            return this;
        }

        @Setting("Open transactions of a session.")
        public Builder maxTransactions(int transactions) {
            this.maxTransactions = transactions;
            return this;
        }

        @Setting(value = "Frames of a transaction.", min = 1)
        public Builder maxTransactionFrames(int frames) {
            this.maxTransactionFrames = frames;
            return this;
        }

        @Setting(value = "Octets held in the open transactions of a session.", bytes = true, min = 1_024)
        public Builder maxTransactionBytes(long bytes) {
            this.maxTransactionBytes = bytes;
            return this;
        }

        @Setting(value = "How long a transaction may be open.", min = 100)
        public Builder transactionTimeout(Duration timeout) {
            this.transactionTimeout = timeout;
            return this;
        }

        @Setting(value = "Destinations at a time.", min = 1)
        public Builder maxDestinations(int destinations) {
            this.maxDestinations = destinations;
            return this;
        }

        @Setting(value = "After how long a destination without messages and subscribers is forgotten.", min = 100)
        public Builder idleDestination(Duration idle) {
            this.idleDestination = idle;
            return this;
        }

        @Setting(value = "Octets of a destination's name.", bytes = true, min = 16, max = 16_384)
        public Builder maxDestinationBytes(int octets) {
            this.maxDestinationBytes = octets;
            return this;
        }

        @Setting(
                value = "Messages of a queue under way to a subscription that does not say prefetch-count.",
                min = 1,
                max = 65_536)
        public Builder prefetch(int messages) {
            this.prefetch = messages;
            return this;
        }

        @Setting(value = "The most that prefetch-count may ask for.", min = 1, max = 65_536)
        public Builder maxPrefetch(int messages) {
            this.maxPrefetch = messages;
            return this;
        }

        @Setting(value = "How long a message may be unacknowledged until its consumer is disconnected.", min = 100)
        public Builder ackTimeout(Duration timeout) {
            this.ackTimeout = timeout;
            return this;
        }

        @Setting(
                value =
                        "Octets waiting for a session from which on its queues pause and publishers to its topics are held.",
                bytes = true,
                min = 4_096)
        public Builder outboxHighWater(long bytes) {
            this.outboxHighWater = bytes;
            return this;
        }

        @Setting(value = "Octets waiting for a session below which they go on.", bytes = true)
        public Builder outboxLowWater(long bytes) {
            this.outboxLowWater = bytes;
            return this;
        }

        @Setting("How long in all publishers are held for one slow subscriber of a topic before its policy applies.")
        public Builder stallTime(Duration time) {
            this.stallTime = time;
            return this;
        }

        @Setting(value = "Messages kept for a slow subscriber under drop-oldest, drop-newest and keep-latest.", min = 1)
        public Builder maxBacklog(int messages) {
            this.maxBacklog = messages;
            return this;
        }

        @Setting(
                value =
                        "Octets in all queues together, and again in all open transactions; a quarter of the heap by default.",
                bytes = true,
                min = 1 << 16)
        public Builder maxQueueBytes(long bytes) {
            this.maxQueueBytes = bytes;
            return this;
        }

        @Setting(
                value =
                        "Octets of all frames together that have come in part, or wait for room or for a handler; an eighth"
                                + " of the heap by default, and never less than one frame.",
                bytes = true,
                min = 1 << 16)
        public Builder maxInputBytes(long bytes) {
            this.maxInputBytes = bytes;
            return this;
        }

        @Setting(
                value =
                        "Octets that wait for all sessions together, a message of a topic counted once; beyond it those who do"
                                + " not read are dealt with as too slow, the fullest first. An eighth of the heap by default.",
                bytes = true,
                min = 1 << 16)
        public Builder maxOutboxBytes(long bytes) {
            this.maxOutboxBytes = bytes;
            return this;
        }

        @Setting(
                value = "Octets of all subscriptions together, selectors included; an eighth of the heap by default.",
                bytes = true,
                min = 1 << 16)
        public Builder maxSubscriptionBytes(long bytes) {
            this.maxSubscriptionBytes = bytes;
            return this;
        }

        @Setting(
                value =
                        "Octets of all destinations together, without their messages; a sixteenth of the heap by default.",
                bytes = true,
                min = 1 << 16)
        public Builder maxDirectoryBytes(long bytes) {
            this.maxDirectoryBytes = bytes;
            return this;
        }

        /** A policy for some destinations, before all defaults and behind those that were given earlier. */
        public Builder policy(DestinationPolicy policy) {
            policies.add(policy);
            return this;
        }

        /** What a pattern is; {@link DestinationMatcher#WILDCARDS} by default. */
        public Builder matcher(DestinationMatcher matcher) {
            this.matcher = matcher;
            return this;
        }

        public Builder authenticator(Authenticator authenticator) {
            this.authenticator = authenticator;
            return this;
        }

        public Builder authorizer(Authorizer authorizer) {
            this.authorizer = authorizer;
            return this;
        }

        public Builder listener(BrokerListener listener) {
            listeners.add(listener);
            return this;
        }

        public BrokerOptions build() {
            List<DestinationPolicy> all = new ArrayList<>(policies);
            all.addAll(DEFAULT_POLICIES);
            return new BrokerOptions(
                    codec,
                    new HeartBeat(heartBeatSend, heartBeatReceive),
                    heartBeatTolerance,
                    connectTimeout,
                    frameTimeout,
                    silenceTimeout,
                    Set.copyOf(virtualHosts),
                    serverHeader,
                    strict,
                    lenient,
                    maxSessions,
                    maxSessionsPerAddress,
                    maxSubscriptions,
                    maxTransactions,
                    maxTransactionFrames,
                    maxTransactionBytes,
                    transactionTimeout,
                    maxDestinations,
                    idleDestination,
                    maxDestinationBytes,
                    prefetch,
                    maxPrefetch,
                    ackTimeout,
                    outboxHighWater,
                    Math.min(outboxLowWater, outboxHighWater / 2),
                    stallTime,
                    maxBacklog,
                    maxQueueBytes,
                    Math.max(maxInputBytes, (long) codec.body() + 2L * codec.headerOctets()),
                    maxOutboxBytes,
                    maxSubscriptionBytes,
                    maxDirectoryBytes,
                    List.copyOf(all),
                    matcher,
                    authenticator,
                    authorizer,
                    List.copyOf(listeners));
        }
    }
}
