/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.test.reliability.ServerProcess.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * One case: a server in a process of its own with a canary beside the attackers. At its {@link #end} the server has to be alive, the
 * canary to have lost nothing, and memory and descriptors to be back near where they were.
 *
 * <p>The server is kept for the next case of the same setup if it has passed this one.
 */
final class Trial implements AutoCloseable {
    private static final long HEAP_MARGIN = 16L << 20;
    private static final int DESCRIPTOR_MARGIN = 20;
    private static final int MOST_STACK_LINES = 200;

    private static final Map<Setup, ServerProcess> IDLE = new EnumMap<>(Setup.class);

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> IDLE.values().forEach(ServerProcess::close)));
    }

    private final String name;
    private final Setup setup;
    private final ServerProcess server;
    private final Canary canary;
    private final Figures before;
    private boolean hasPassed;

    private Trial(String name, Setup setup) throws IOException {
        this.name = name;
        this.setup = setup;
        ServerProcess idle = IDLE.remove(setup);
        this.server = idle == null ? ServerProcess.start(setup) : idle;
        this.canary = new Canary(server.tcpPort(), setup == Setup.USERS ? credentials(0) : new String[0]);
        this.before = server.figures();
    }

    static Trial begin(String name, Setup setup) throws IOException {
        return new Trial(name, setup);
    }

    static Trial begin(String name) throws IOException {
        return new Trial(name, Setup.DEFAULTS);
    }

    static String[] credentials(int user) {
        return new String[] {"login:user-" + user, "passcode:" + Setup.PASSCODE};
    }

    ServerProcess server() {
        return server;
    }

    int port() {
        return server.tcpPort();
    }

    /** How much more heap it takes than at the start, garbage collected. */
    long heapGrowth() {
        return server.figures().heap() - before.heap();
    }

    /**
     * The attackers have gone.
     *
     * @param outcome what became of them, for the table of figures
     */
    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more dependency
    void end(String outcome, Object... values) throws IOException, InterruptedException {
        String canaries = canary.end();
        Figures[] after = {server.figures()};
        await(name + ": memory and descriptors as before, " + before)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(500))
                .pollDelay(Duration.ZERO)
                .until(() -> {
                    after[0] = server.figures();
                    return after[0].heap() <= before.heap() + HEAP_MARGIN
                            && after[0].descriptors() <= before.descriptors() + DESCRIPTOR_MARGIN;
                });
        assertThat(server.log()).noneMatch(line -> line.contains("OutOf") && line.contains("Memory"));
        assertThat(server.log().stream()
                        .filter(line -> line.startsWith("\tat "))
                        .count())
                .as("lines of stack traces in the log")
                .isLessThan(MOST_STACK_LINES);
        hasPassed = true;
        String line =
                "| %s | %s | %s | %s → %s |%n".formatted(name, outcome.formatted(values), canaries, before, after[0]);
        System.out.print(line);
        Files.writeString(
                Files.createDirectories(Path.of("target", "reliability")).resolve("figures.md"),
                line,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    @Override
    public void close() {
        canary.close();
        if (hasPassed && server.isAlive()) {
            IDLE.put(setup, server);
        } else {
            server.close();
        }
    }
}
