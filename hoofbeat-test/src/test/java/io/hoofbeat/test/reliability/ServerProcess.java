/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.reliability;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A {@link Victim} in a process of its own, with little memory, which it does not survive to exhaust. One thread. */
final class ServerProcess implements AutoCloseable {

    /** What it takes, in octets where nothing else is said; the heap after a garbage collection. */
    record Figures(long heap, long direct, int threads, int sessions, int lockedOut, int descriptors, long resident) {

        @Override
        public String toString() {
            return "heap %.1f MiB, direct %.1f MiB, RSS %d MiB, %d descriptors"
                    .formatted(heap / 1048576.0, direct / 1048576.0, resident >> 20, descriptors);
        }
    }

    private final Process process;
    private final Path log;
    private final BufferedReader answers;
    private final BufferedWriter questions;
    private final int tcpPort;
    private final int webSocketPort;

    private ServerProcess(Process process, Path log) throws IOException {
        this.process = process;
        this.log = log;
        this.answers = process.inputReader();
        this.questions = process.outputWriter();
        String ports = answers.readLine();
        if (ports == null) {
            throw new IllegalStateException("the server did not start:\n" + Files.readString(log));
        }
        int blank = ports.indexOf(' ');
        this.tcpPort = Integer.parseInt(ports.substring(0, blank));
        this.webSocketPort = Integer.parseInt(ports.substring(blank + 1));
    }

    static ServerProcess start(Setup setup) {
        try {
            Path logs = Files.createDirectories(Path.of("target", "reliability"));
            Path log = Files.createTempFile(logs, "server-", ".log");
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-XX:MaxDirectMemorySize=128m",
                            "-XX:+ExitOnOutOfMemoryError",
                            "-D" + Scale.PROPERTY + "=" + System.getProperty(Scale.PROPERTY, "small"),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Victim.class.getName(),
                            setup.name())
                    .redirectError(log.toFile())
                    .start();
            return new ServerProcess(process, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int tcpPort() {
        return tcpPort;
    }

    int webSocketPort() {
        return webSocketPort;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    Figures figures() {
        try {
            questions.write("?\n");
            questions.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new AssertionError("the server is dead, see the end of its log:\n" + endOfLog());
            }
            List<Long> numbers = Stream.of(answer.split(" ")).map(Long::valueOf).toList();
            return new Figures(
                    numbers.get(0),
                    numbers.get(1),
                    numbers.get(2).intValue(),
                    numbers.get(3).intValue(),
                    numbers.get(4).intValue(),
                    descriptors(),
                    resident());
        } catch (IOException e) {
            throw new AssertionError("the server is dead, see the end of its log:\n" + endOfLog(), e);
        }
    }

    private int descriptors() throws IOException {
        Path directory = Path.of("/proc", Long.toString(process.pid()), "fd");
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(directory)) {
            return Math.toIntExact(all.count());
        }
    }

    private long resident() throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .sum();
    }

    /** Everything that it has logged. */
    List<String> log() {
        try {
            return Files.readAllLines(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String endOfLog() {
        List<String> lines = log();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
