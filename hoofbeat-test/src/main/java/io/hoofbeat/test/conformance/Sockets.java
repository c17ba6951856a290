/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What the kernel knows of TCP connections: who still has a descriptor, and what the other side has not taken so far. Linux. */
final class Sockets {

    /**
     * A line of the kernel's table.
     *
     * @param inode 0 if no process has a descriptor of it any more
     * @param unsent octets that the peer's kernel has not acknowledged
     */
    private record Entry(int localPort, int remotePort, boolean listening, long inode, long unsent) {}

    private static final String LISTEN = "0A";
    private static final String TIME_WAIT = "06";

    private Sockets() {}

    /** Waits until no process has the server's end of that connection; elsewhere than on Linux nothing can be said. */
    static void awaitReleased(int serverPort, int clientPort, Duration within) {
        await(
                within,
                () -> entries().stream()
                        .noneMatch(e -> e.localPort == serverPort && e.remotePort == clientPort && e.inode != 0),
                "the server still has the descriptor of the connection from port " + clientPort);
    }

    /** Waits until the server has no descriptor but the one that it listens with. */
    static void awaitAllReleased(int serverPort, Duration within) {
        await(
                within,
                () -> entries().stream().noneMatch(e -> e.localPort == serverPort && !e.listening && e.inode != 0),
                "the server on port " + serverPort + " still has descriptors");
    }

    /** Waits until the server's kernel has all that was written on the connection from that port. */
    static void awaitTaken(int clientPort, Duration within) {
        await(
                within,
                () -> entries().stream().noneMatch(e -> e.localPort == clientPort && !e.listening && e.unsent > 0),
                "not all octets from port " + clientPort + " were acknowledged");
    }

    /** Lets that time pass, where it is the passing of time that is tested. */
    static void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        await(time.plusSeconds(5), () -> System.nanoTime() >= end, "time stands still");
    }

    /** Looks every few milliseconds until it is so. */
    static void await(Duration within, BooleanSupplier condition, String otherwise) {
        long deadline = System.nanoTime() + within.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(otherwise).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private static List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
            Path path = Path.of(table);
            if (Files.exists(path)) {
                read(path, entries);
            }
        }
        return entries;
    }

    private static void read(Path table, List<Entry> entries) {
        try {
            List<String> lines = Files.readAllLines(table);
            for (String line : lines.subList(1, lines.size())) {
                StringTokenizer fields = new StringTokenizer(line);
                fields.nextToken();
                String local = fields.nextToken();
                String remote = fields.nextToken();
                String state = fields.nextToken();
                if (!state.equals(TIME_WAIT)) { // there may be thousands of these
                    String queues = fields.nextToken();
                    for (int skipped = 0; skipped < 4; skipped++) {
                        fields.nextToken();
                    }
                    entries.add(new Entry(
                            port(local),
                            port(remote),
                            state.equals(LISTEN),
                            Long.parseLong(fields.nextToken()),
                            Long.parseLong(queues.substring(0, queues.indexOf(':')), 16)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
    }
}
