/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import io.hoofbeat.broker.AccessRefusedException;
import io.hoofbeat.broker.Authorizer;
import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.broker.Credentials;
import io.hoofbeat.broker.DestinationPolicy;
import io.hoofbeat.broker.DestinationPolicy.Kind;
import io.hoofbeat.broker.DestinationPolicy.SlowConsumer;
import io.hoofbeat.broker.DestinationPolicy.WhenFull;
import io.hoofbeat.broker.Identity;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** How a server has to be set up for a test. All that a setup does not mention has its default. */
enum Setup {
    /** All defaults; anybody may come in. */
    PLAIN(options -> {}),
    /** Who comes in has to say who he is: the users of {@link #USERS}. */
    LOGIN(options -> options.authenticator(Setup::check)),
    /** The same, but it takes half a second. */
    SLOW_LOGIN(options -> options.authenticator(credentials ->
            CompletableFuture.supplyAsync(() -> check(credentials), later()).thenCompose(stage -> stage))),
    /** Every user has a line end in his name. */
    EVIL_NAME(options ->
            options.authenticator(credentials -> CompletableFuture.completedFuture(new Identity("a\nx:y", Set.of())))),
    HEART_BEAT_500_500(heartBeat(500, 500)),
    HEART_BEAT_0_500(heartBeat(0, 500)),
    HEART_BEAT_500_0(heartBeat(500, 0)),
    /** The same, for large messages: they keep a loop of the server busy. */
    HEART_BEAT_LARGE(heartBeat(500, 0)),
    HEART_BEAT_OFF(heartBeat(0, 0)),
    TWO_HOSTS(options -> options.virtualHosts(Set.of("alpha", "Beta"))),
    STRICT(options -> options.strict(true)),
    /** What is forbidden, small, or kept from growing. */
    RULES(options -> options.authorizer(rules())
            .policy(queue("/queue/none/**").create(false).build())
            .policy(queue("/queue/small/**")
                    .maxMessages(1)
                    .whenFull(WhenFull.REJECT)
                    .build())
            .policy(queue("/queue/held/**")
                    .maxMessages(1)
                    .whenFull(WhenFull.HOLD)
                    .build())),
    /** A full queue holds its publisher, which has promised heart-beats. */
    HELD(heartBeat(500, 500)
            .andThen(options -> options.policy(queue("/queue/held/**")
                    .maxMessages(1)
                    .whenFull(WhenFull.HOLD)
                    .build()))),
    /** Nobody waits long: for redelivery, or for the rest of a frame. */
    IMPATIENT(options -> options.frameTimeout(Duration.ofSeconds(2))
            .ackTimeout(Duration.ofSeconds(2))
            .transactionTimeout(Duration.ofSeconds(2))
            .policy(queue("/queue/**")
                    .redeliveryDelay(Duration.ofMillis(50))
                    .maxRedeliveryDelay(Duration.ofMillis(50))
                    .build())),
    /** One topic for each way to treat a subscriber that does not keep up. */
    SLOW(options -> {
        options.outboxHighWater(64 << 10).maxBacklog(100);
        for (SlowConsumer policy : SlowConsumer.values()) {
            options.policy(DestinationPolicy.builder("/topic/" + policy.text() + "/**", Kind.TOPIC)
                    .slowConsumer(policy)
                    .build());
        }
    }),
    /** Few destinations, soon forgotten, and few connections from each address. */
    FEW(options ->
            options.maxDestinations(500).idleDestination(Duration.ofSeconds(1)).maxSessionsPerAddress(50)),
    /** For the test that connects and disconnects. */
    CYCLES(options -> {}),
    /** For tests that count descriptors, or slow a publisher down for long. */
    ALONE(options -> options.stallTime(Duration.ofSeconds(30)));

    /** Name to passcode. */
    static final Map<String, String> USERS =
            Map.of("u", "p", "escaped", "a\\cb", "colon", "a:b", "padded", " p ", "guest", "guest");

    @SuppressWarnings("ImmutableEnumChecker") // the lambdas have no state
    final Consumer<BrokerOptions.Builder> options;

    Setup(Consumer<BrokerOptions.Builder> options) {
        this.options = options;
    }

    /** Whether a server elsewhere can be taken for it. */
    boolean suits(Target foreign) {
        return this == PLAIN || (this == LOGIN && !foreign.login().isEmpty());
    }

    private static Consumer<BrokerOptions.Builder> heartBeat(int send, int receive) {
        return options -> options.heartBeatSend(Duration.ofMillis(send)).heartBeatReceive(Duration.ofMillis(receive));
    }

    private static DestinationPolicy.Builder queue(String pattern) {
        return DestinationPolicy.builder(pattern, Kind.QUEUE);
    }

    private static Executor later() {
        return CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS);
    }

    private static CompletionStage<Identity> check(Credentials credentials) {
        String login = credentials.login();
        String certified = credentials.connection().user();
        if (login == null && certified != null) {
            return CompletableFuture.completedFuture(new Identity(certified, Set.of()));
        }
        if (login == null || !USERS.getOrDefault(login, "\n").equals(credentials.passcode())) {
            return CompletableFuture.failedFuture(new AccessRefusedException("wrong login " + login));
        }
        return CompletableFuture.completedFuture(new Identity(login, Set.of()));
    }

    private static Authorizer rules() {
        return (who, operation, destination) ->
                !destination.startsWith("/queue/forbidden") && !destination.startsWith("/topic/forbidden");
    }
}
