/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.client.ClientOptions;
import io.hoofbeat.client.StompClient;
import io.hoofbeat.protocol.Headers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends messages. */
@Command(
        name = "pub",
        mixinStandardHelpOptions = true,
        description = "Sends a message, and waits until the server confirms it.",
        footer = {
            "",
            "Examples:",
            "  hoofbeat pub /topic/hello 'Hello, world'",
            "  hoofbeat pub /queue/orders -H content-type:application/json --file order.json",
            "  tail -f access.log | hoofbeat pub /topic/log --lines"
        })
final class Pub implements Callable<Integer> {
    /** Receipts that may be open at a time: enough to keep the wire busy. */
    private static final int WINDOW = 1_000;

    private final Shell shell;

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private BodyOptions bodies = new BodyOptions();

    @Parameters(index = "0", paramLabel = "DESTINATION", description = "Where to: /topic/hello, /queue/orders.")
    private String destination = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "BODY",
            description = "The text; - or nothing: what comes on the standard input.")
    private @Nullable String body;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "NAME:VALUE",
            description = "A header; as often as you like.")
    private List<String> headers = new ArrayList<>();

    @Option(
            names = "--lines",
            description = "One message for each line of the standard input, sent as soon as it comes.")
    private boolean lines;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            defaultValue = "1",
            description = "Send the message so many times.")
    private int count = 1;

    @Option(names = "--no-receipt", description = "Do not wait for the server's receipts.")
    private boolean noReceipt;

    @Option(
            names = {"-q", "--quiet"},
            description = "Say nothing if all goes well.")
    private boolean quiet;

    private final Semaphore window = new Semaphore(WINDOW);
    private final AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
    private long sent;

    Pub(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws Exception {
        ClientOptions options = connection.options(shell);
        Headers all = bodies.withType(ConnectionOptions.headers(headers));
        byte[] octets = lines ? new byte[0] : bodies.read(shell, body);
        try (StompClient client = StompClient.connect(options)) {
            if (lines) {
                sendLines(client, all);
            } else {
                for (int i = 0; i < count; i++) {
                    send(client, all, octets);
                }
            }
            awaitReceipts();
            boolean confirmed = client.disconnect().get();
            if (!quiet) {
                shell.note((sent == 1 ? "sent a message" : "sent " + sent + " messages") + " to " + destination
                        + (!noReceipt || confirmed ? "" : "; the server did not confirm that it got everything"));
            }
        }
        return ExitCode.DONE;
    }

    private void sendLines(StompClient client, Headers all) throws IOException, InterruptedException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(shell.in(), UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            send(client, all, line.getBytes(UTF_8));
        }
    }

    private void send(StompClient client, Headers all, byte[] octets) throws InterruptedException {
        if (!noReceipt) {
            window.acquire();
            throwIfFailed();
            client.sendWithReceipt(destination, all, octets).whenComplete((done, failure) -> {
                if (failure != null) {
                    failed.compareAndSet(null, failure);
                }
                window.release();
            });
        } else {
            client.send(destination, all, octets);
        }
        sent++;
    }

    private void awaitReceipts() throws InterruptedException {
        window.acquire(WINDOW);
        throwIfFailed();
    }

    private void throwIfFailed() {
        Throwable failure = failed.get();
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }
}
