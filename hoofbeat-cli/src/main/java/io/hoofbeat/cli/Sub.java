/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import io.hoofbeat.client.AckMode;
import io.hoofbeat.client.ClientSubscription;
import io.hoofbeat.client.NoAnswerException;
import io.hoofbeat.client.ReceivedMessage;
import io.hoofbeat.client.StompClient;
import io.hoofbeat.protocol.Headers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows messages as they come. */
@Command(
        name = "sub",
        mixinStandardHelpOptions = true,
        description = "Subscribes, and shows the messages as they come.",
        footer = {
            "",
            "Examples:",
            "  hoofbeat sub /topic/hello",
            "  hoofbeat sub '/topic/prices.**' --selector \"symbol = 'EMC'\" --format json",
            "  hoofbeat sub /queue/orders --count 1 --timeout 10s"
        })
final class Sub implements Callable<Integer> {
    /** How long to wait for a receipt of SUBSCRIBE, which some servers do not give. */
    private static final Duration CONFIRMATION = Duration.ofSeconds(3);

    private final Shell shell;

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Parameters(
            arity = "1..*",
            paramLabel = "DESTINATION",
            description = "What to: /topic/hello, /queue/orders, a pattern like '/topic/**'.")
    private List<String> destinations = new ArrayList<>();

    @Option(
            names = {"-H", "--header"},
            paramLabel = "NAME:VALUE",
            description = "A header of SUBSCRIBE; as often as you like.")
    private List<String> headers = new ArrayList<>();

    @Option(names = "--selector", paramLabel = "CONDITION", description = "Only messages for which this is true.")
    private @Nullable String selector;

    @Option(
            names = "--ack",
            paramLabel = "MODE",
            description = "auto, client or client-individual: when a message counts as processed. With --count"
                    + " client-individual, so that no message is taken that is not shown; else auto.")
    private @Nullable String ack;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            defaultValue = "0",
            description = "End after so many messages.")
    private long count;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "End after this time: with --count, code 5 says that there came too few.")
    private @Nullable String timeout;

    @Option(
            names = {"-q", "--quiet"},
            description = "Do not say that the subscription stands.")
    private boolean quiet;

    private final CompletableFuture<Integer> done = new CompletableFuture<>();
    private long seen;

    Sub(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws Exception {
        AckMode mode = ackMode();
        Headers.Builder all = Headers.builder().addAll(ConnectionOptions.headers(headers));
        if (selector != null) {
            all.add("selector", selector);
        }
        Duration limit = ConnectionOptions.time(timeout);
        MessagePrinter printer = output.printer(shell);
        try (StompClient client = StompClient.connect(connection.options(shell))) {
            client.ended().whenComplete((end, failure) -> {
                if (failure != null) {
                    done.completeExceptionally(failure);
                }
            });
            for (String destination : destinations) {
                await(client.subscribeWithReceipt(
                        destination, mode, all.build(), message -> onMessage(message, printer)));
            }
            if (!quiet) {
                shell.note("subscribed to " + String.join(", ", destinations) + " on " + connection.target(shell));
            }
            return awaitEnd(limit);
        }
    }

    private AckMode ackMode() {
        if (ack == null) {
            return count > 0 ? AckMode.CLIENT_INDIVIDUAL : AckMode.AUTO;
        }
        for (AckMode mode : AckMode.values()) {
            if (mode.text().equals(ack.toLowerCase(Locale.ROOT))) {
                return mode;
            }
        }
        throw new Failure(ExitCode.USAGE, "--ack is auto, client or client-individual, not \"" + ack + "\"");
    }

    /** Handlers' thread. */
    private void onMessage(ReceivedMessage message, MessagePrinter printer) {
        if (done.isDone()) {
            message.settleLater();
            return;
        }
        if (!printer.print(message)) {
            message.settleLater();
            done.complete(ExitCode.DONE);
            return;
        }
        message.ack();
        seen++;
        if (count > 0 && seen >= count) {
            done.complete(ExitCode.DONE);
        }
    }

    /** A server that gives no receipts will have the subscription all the same. */
    private static void await(CompletableFuture<ClientSubscription> subscription)
            throws ExecutionException, InterruptedException {
        try {
            subscription.get(CONFIRMATION.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return;
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof NoAnswerException)) {
                throw e;
            }
        }
    }

    private Integer awaitEnd(@Nullable Duration limit) throws ExecutionException, InterruptedException {
        if (limit == null) {
            return done.get();
        }
        try {
            return done.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            if (count == 0) {
                return ExitCode.DONE;
            }
            throw new Failure(ExitCode.TIMEOUT, "there came " + seen + " of " + count + " messages within " + timeout);
        }
    }
}
