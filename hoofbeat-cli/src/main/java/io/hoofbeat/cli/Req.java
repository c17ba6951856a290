/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import io.hoofbeat.client.ClientOptions;
import io.hoofbeat.client.ReceivedMessage;
import io.hoofbeat.client.StompClient;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.server.config.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks, and shows the answer. */
@Command(
        name = "req",
        mixinStandardHelpOptions = true,
        description = "Sends a message with reply-to, and shows the reply.",
        footer = {"", "Example:", "  hoofbeat req /app/greeting Ada --timeout 2s"})
final class Req implements Callable<Integer> {
    private final Shell shell;

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private BodyOptions bodies = new BodyOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "DESTINATION", description = "Whom to ask.")
    private String destination = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "BODY",
            description = "The question; - or nothing: what comes on the standard input.")
    private @Nullable String body;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "NAME:VALUE",
            description = "A header; as often as you like.")
    private List<String> headers = new ArrayList<>();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "How long the reply may take; by default ${DEFAULT-VALUE}.")
    private String timeout = "10s";

    Req(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws Exception {
        ClientOptions options = connection.options(shell);
        Headers all = bodies.withType(ConnectionOptions.headers(headers));
        byte[] octets = bodies.read(shell, body);
        try (StompClient client = StompClient.connect(options)) {
            ReceivedMessage reply = client.request(destination, all, octets, Type.duration(timeout))
                    .get();
            output.printer(shell).print(reply);
        }
        return ExitCode.DONE;
    }
}
