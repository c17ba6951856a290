/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command: which scenarios, against which server, and how the results are shown. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Drives a STOMP server, checks that nothing is lost, doubled or out of order, and tells what a"
                + " delivered message costs the server in microseconds of processor time.")
final class Bench implements Callable<Integer> {

    @Parameters(arity = "0..*", paramLabel = "SCENARIO", description = "Rows of the table; --list shows them.")
    List<String> names = new ArrayList<>();

    @Option(names = "--list", description = "Show the scenarios, and end.")
    boolean list;

    @Option(
            names = "--url",
            description =
                    "tcp://host:port, ws://host:port/path, or connections over SockJS: xhr-streaming://, xhr-polling:// (default: ${DEFAULT-VALUE}).")
    String url = "tcp://127.0.0.1:61613";

    @Option(names = "--server-pid", description = "The server's process: its processor time and memory are shown.")
    long serverPid;

    @Option(names = "--server", description = "How the server is called in --json and --tsv.")
    String serverName = "server";

    @Option(names = "--warm-up", description = "Seconds before each measurement (default: ${DEFAULT-VALUE}).")
    int warmUp = 10;

    @Option(names = "--seconds", description = "Seconds of each measurement (default: ${DEFAULT-VALUE}).")
    int seconds = 10;

    @Option(names = "--hold", description = "Seconds that connections are held (default: ${DEFAULT-VALUE}).")
    int hold = 60;

    @Option(names = "--repeat", description = "Runs of each; the median is shown (default: ${DEFAULT-VALUE}).")
    int repeat = 1;

    @Option(names = "--size", description = "Another body size than the scenario's.")
    @Nullable Integer size;

    @Option(names = "--rate", description = "Another rate than the scenario's, in messages per second; 0 for no limit.")
    @Nullable Integer rate;

    @Option(
            names = "--window",
            description = "Another bound of what a publisher has sent and is not yet delivered, in messages.")
    @Nullable Integer window;

    @Option(names = "--subscribers", description = "Another number of subscribers, or connections.")
    @Nullable Integer subscribers;

    @Option(
            names = "--no-receipts",
            description =
                    "The server does not confirm SUBSCRIBE, as Spring's simple broker: messages are sent before all"
                            + " until every subscription has had one.")
    boolean noReceipts;

    @Option(names = "--spin", description = "Never sleep; always so where a latency to one subscriber is measured.")
    boolean spin;

    @Option(names = "--user", description = "Login.")
    String user = "";

    @Option(names = "--password", description = "Passcode.")
    String password = "";

    @Option(names = "--host", description = "The virtual host in CONNECT (default: ${DEFAULT-VALUE}).")
    String host = "/";

    @Option(names = "--topic-prefix", description = "How topics begin (default: ${DEFAULT-VALUE}).")
    String topicPrefix = "/topic/";

    @Option(names = "--queue-prefix", description = "How queues begin (default: ${DEFAULT-VALUE}).")
    String queuePrefix = "/queue/";

    @Option(
            names = "--publish-prefix",
            description =
                    "Where messages for topics are sent, if not there: /app/, say, for an application that passes them on.")
    @Nullable String publishPrefix;

    @Option(names = "--json", description = "Write all runs as JSON instead of a table.")
    boolean json;

    @Option(names = "--tsv", description = "Append the medians, a line for each figure, to this file.")
    @Nullable Path tsv;

    private final Progress progress = new Progress(System.err);

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        PrintStream out = new PrintStream(System.out, true, UTF_8);
        if (list) {
            Scenario.rows().forEach(row -> out.printf("%-20s %s%n", row.name(), row.title()));
            return 0;
        }
        Target target = Target.of(url, new Target.Login(host, user, password), topicPrefix, queuePrefix);
        target = publishPrefix == null ? target : target.withPublishPrefix(publishPrefix);
        Settings settings = new Settings(
                target, serverPid == 0 ? null : ServerProcess.of(serverPid), warmUp, seconds, hold, !noReceipts, spin);
        List<Result> all = new ArrayList<>();
        List<Result> medians = new ArrayList<>();
        for (String name : names) {
            List<Result> runs = new ArrayList<>();
            for (int i = 0; i < repeat; i++) {
                runs.add(run(scenario(name), settings));
            }
            all.addAll(runs);
            Result median = Report.median(runs);
            medians.add(median);
            if (tsv != null) {
                Files.writeString(
                        tsv, Report.lines(serverName, median), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        }
        if (json) {
            out.print(Report.json(serverName, all));
        } else {
            Report.table(medians, out);
        }
        return all.stream().allMatch(result -> result.faults().isEmpty()) ? 0 : 1;
    }

    private Scenario scenario(String name) {
        Scenario scenario = Scenario.rows().stream()
                .filter(row -> row.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no scenario " + name + "; there are "
                        + Scenario.rows().stream().map(Scenario::name).collect(Collectors.joining(", "))));
        scenario = size == null ? scenario : scenario.withSize(size);
        scenario = rate == null ? scenario : scenario.withRate(rate);
        scenario = window == null ? scenario : scenario.withWindow(window);
        return subscribers == null ? scenario : scenario.withSubscribers(subscribers);
    }

    private Result run(Scenario scenario, Settings settings) throws IOException {
        try (Loop loop = new Loop(progress)) {
            return scenario.kind() == Scenario.Kind.HOLD
                    ? new HoldRun(scenario, settings, loop, progress).run()
                    : new TrafficRun(scenario, settings, loop, progress).run();
        } finally {
            progress.clear();
        }
    }
}
