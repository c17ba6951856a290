/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.server.Endpoint;
import io.hoofbeat.server.StompServer;
import io.hoofbeat.server.config.Configuration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Runs a server until somebody stops it. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a server, and runs it until Ctrl-C.",
            "By default it listens on 127.0.0.1 only: port 61613 for STOMP, port 8080 at /stomp for STOMP in WebSocket and SockJS."
        })
final class Up implements Callable<Integer> {
    private static final String PAGE = "io/hoofbeat/cli/page";

    private final Shell shell;
    private final ConfigurationOptions options = new ConfigurationOptions();
    private final CountDownLatch stopping = new CountDownLatch(1);

    @Option(
            names = {"-q", "--quiet"},
            description = "Say nothing but warnings.")
    private boolean quiet;

    @Option(
            names = {"--no-page"},
            description = "Serve no page to look at; the same as --page=false.")
    private boolean noPage;

    private Up(Shell shell) {
        this.shell = shell;
    }

    static CommandLine commandLine(Shell shell, boolean flags) {
        Up up = new Up(shell);
        CommandSpec spec = CommandSpec.forAnnotatedObject(up);
        up.options.addTo(spec, flags);
        return new CommandLine(spec);
    }

    @Override
    public Integer call() {
        Configuration configuration = options.read(shell);
        Screen screen = new Screen(shell);
        Logs.start(screen, quiet);
        Traffic traffic = new Traffic();
        StompServer server = start(configuration, traffic);
        Thread stop = new Thread(() -> stop(server, screen), "hoofbeat-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        if (!quiet) {
            Banner.print(shell, screen, configuration, server, hasPage(configuration));
            traffic.show(screen, server);
        }
        try {
            stopping.await();
        } catch (InterruptedException e) {
            stop(server, screen);
            Runtime.getRuntime().removeShutdownHook(stop);
            Thread.currentThread().interrupt();
        }
        return ExitCode.DONE;
    }

    private StompServer start(Configuration configuration, Traffic traffic) {
        BrokerOptions.Builder broker = configuration.broker().listener(traffic);
        StompServer.Builder builder = configuration.server(broker);
        if (hasPage(configuration)) {
            builder.resources("/", Up.class.getClassLoader(), PAGE);
        }
        try {
            return builder.start();
        } catch (UncheckedIOException | IllegalStateException | IllegalArgumentException e) {
            throw inUse(configuration).orElseGet(() -> new Failure(ExitCode.FAILED, String.valueOf(e.getMessage())));
        }
    }

    /** Where there is HTTP, unless somebody has said that he wants none, or has STOMP in its place. */
    private boolean hasPage(Configuration configuration) {
        List<Endpoint> http = configuration.endpoints().stream()
                .filter(endpoint -> endpoint.kind() != Endpoint.Kind.TCP)
                .toList();
        return !noPage
                && configuration.page()
                && !http.isEmpty()
                && http.stream().noneMatch(endpoint -> endpoint.path().equals("/"))
                && Up.class.getClassLoader().getResource(PAGE + "/index.html") != null;
    }

    /** Which of the addresses is it that somebody else has? */
    private static Optional<Failure> inUse(Configuration configuration) {
        return configuration.endpoints().stream()
                .flatMap(endpoint -> inUse(endpoint).stream())
                .findFirst();
    }

    private static Optional<Failure> inUse(Endpoint endpoint) {
        try (ServerSocket socket = new ServerSocket(endpoint.port(), 1, InetAddress.getByName(endpoint.host()))) {
            return socket.isBound() ? Optional.empty() : Optional.of(new Failure(ExitCode.FAILED, "cannot listen"));
        } catch (BindException e) {
            String reason = String.valueOf(e.getMessage());
            String where = "port " + endpoint.port() + " of " + endpoint.host();
            String flag = "--listeners." + endpoint.name() + ".port";
            String why = reason.contains("in use")
                    ? where + " is in use, perhaps by another Hoofbeat"
                    : "cannot listen on " + where + ": " + reason;
            return Optional.of(new Failure(
                    ExitCode.FAILED, why + "; " + flag + "=PORT takes another, " + flag + "=0 any that is free"));
        } catch (IOException e) {
            // Not a matter of the port: what the server said about it stands.
            return Optional.empty();
        }
    }

    private void stop(StompServer server, Screen screen) {
        if (stopping.getCount() == 0) {
            return;
        }
        int sessions = server.broker().sessionCount();
        screen.endStatus();
        if (!quiet) {
            screen.line(sessions == 0 ? "stopping" : "stopping; telling " + sessions + " clients");
        }
        server.close();
        stopping.countDown();
        if (!quiet) {
            screen.line("stopped");
        }
        shell.flush();
    }
}
