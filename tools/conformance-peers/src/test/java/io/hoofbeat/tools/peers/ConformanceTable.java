/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.tools.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Starts one broker after the other, runs the suite against each in a JVM of its own, and writes docs/CONFORMANCE.md. */
final class ConformanceTable {
    private static final Path RESULTS = Path.of("tools/conformance-peers/target/results");

    private ConformanceTable() {}

    public static void main(String[] arguments) throws Exception {
        Logger.getLogger("").setLevel(Level.SEVERE); // the brokers have much to say about clients that misbehave
        Files.createDirectories(RESULTS);
        Map<String, Results> results = new LinkedHashMap<>();
        for (String which : arguments[0].split(",")) {
            boolean again = which.startsWith("+"); // only what is there already
            Peer peer = Peer.of(again ? which.substring(1) : which);
            Path file = RESULTS.resolve(peer.name() + ".tsv");
            if (!again) {
                peer.start();
                try {
                    run(peer, file);
                } finally {
                    peer.stop();
                }
            }
            results.put(peer.name(), Results.read(file));
        }
        Files.writeString(Path.of("docs/CONFORMANCE.md"), new Report(results).text(), UTF_8);
        System.exit(0); // brokers leave threads behind
    }

    private static void run(Peer peer, Path file) throws IOException, InterruptedException {
        System.out.println(peer.name() + " ...");
        List<String> command = new ArrayList<>(List.of("java", "-Xmx2g"));
        // Over TCP alone: all four have it, and a difference over TCP is seldom none over WebSocket.
        command.add("-Dhoofbeat.conformance.transports=tcp");
        command.add("-Dhoofbeat.conformance.timeout=4000");
        peer.properties().forEach((name, value) -> command.add("-Dhoofbeat.conformance." + name + "=" + value));
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), SuiteRun.class.getName(), file.toString()));
        Process suite = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(RESULTS.resolve(peer.name() + ".log").toFile())
                .start();
        if (!suite.waitFor(40, TimeUnit.MINUTES)) {
            suite.destroyForcibly();
            throw new IOException("the suite did not end against " + peer.name());
        }
        System.out.println(String.format(
                Locale.ROOT, "%s: %s", peer.name(), Results.read(file).summary()));
    }
}
