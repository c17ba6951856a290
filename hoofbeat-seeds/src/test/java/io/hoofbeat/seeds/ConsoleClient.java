/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.seeds;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** The console application of seed 001 in a Java virtual machine of its own. What it logs is what it has seen. */
final class ConsoleClient implements AutoCloseable {
    private static final String MAIN = "seeds.s001.client.ClientWebSocketSockJsStompApplication";
    private static final Path OF_6_2 = Path.of("../client-6.2/target");
    private static final Pattern RECEIVED = Pattern.compile("Client received: payload (.*), headers .*");

    private final Process process;
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    private ConsoleClient(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read);
        reader.setDaemon(true);
        reader.start();
    }

    /** With this module's Spring. */
    static ConsoleClient withThisSpring(LocalProxy proxy) throws IOException {
        return start(System.getProperty("java.class.path"), proxy);
    }

    /** With Spring Framework 6.2. */
    static ConsoleClient withSpring62(LocalProxy proxy) throws IOException {
        return start(OF_6_2.resolve("classes") + ":" + Files.readString(OF_6_2.resolve("class-path.txt")), proxy);
    }

    private static ConsoleClient start(String classPath, LocalProxy proxy) throws IOException {
        return new ConsoleClient(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath,
                        "-Dhttp.proxyHost=localhost",
                        "-Dhttp.proxyPort=" + proxy.port(),
                        "-Dhttp.nonProxyHosts=", // localhost too is asked for there
                        "-Dspring.main.keep-alive=true", // it has daemon threads only, and would end at once
                        "-Dlogging.level.root=warn",
                        "-Dlogging.level.seeds=info",
                        MAIN)
                .redirectErrorStream(true)
                .start());
    }

    private void read() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            reader.lines().forEach(lines::add);
        } catch (UncheckedIOException | IOException e) {
            lines.add("its output has ended: " + e);
        }
    }

    /** The payloads, in the order of the alphabet, when there are so many. */
    List<String> received(int count) {
        Awaitility.await("what the client has received")
                .atMost(Clients.PATIENCE)
                .until(() -> payloads().count() >= count || !process.isAlive());
        if (payloads().count() < count) {
            throw new AssertionError("the client has ended:\n" + String.join("\n", lines));
        }
        return payloads().sorted().toList();
    }

    private Stream<String> payloads() {
        return lines.stream().map(RECEIVED::matcher).filter(Matcher::find).map(matcher -> matcher.group(1));
    }

    /** What it has logged as errors. */
    List<String> errors() {
        return lines.stream().filter(line -> line.contains(" ERROR ")).toList();
    }

    @Override
    public void close() {
        process.destroy();
    }
}
