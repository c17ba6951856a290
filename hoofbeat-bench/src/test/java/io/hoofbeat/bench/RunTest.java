/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.server.StompServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunTest {
    private final StompServer server =
            StompServer.builder().tcp(0).webSocket(0, "/stomp").start();
    private final Progress progress = new Progress(new PrintStream(OutputStream.nullOutputStream(), true, UTF_8));

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fan-out-10",
                "publishers-100",
                "wildcards-1000",
                "queue-10-individual",
                "queue-1-client-32",
                "latency-1000"
            })
    void messagesArriveOverTcpAndWebSocket(String name) throws IOException {
        Scenario scenario = scenario(name);
        for (Target target : new Target[] {tcp(), web("ws")}) {
            Result result;
            try (Loop loop = new Loop(progress)) {
                result = new TrafficRun(scenario, settings(target), loop, progress).run();
            }
            assertThat(result.faults()).isEmpty();
            assertThat(result.figure("delivered")).isGreaterThan(20);
            assertThat(result.figure(Result.COST)).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fan-out-10", "publishers-100", "wildcards-1000", "queue-10-auto"})
    void messagesArriveWhereSubscriptionsAreNotConfirmed(String name) throws IOException {
        Settings settings = new Settings(web("ws"), ServerProcess.self(), 0, 1, 1, false, false);
        Result result;
        try (Loop loop = new Loop(progress)) {
            result = new TrafficRun(scenario(name), settings, loop, progress).run();
        }
        assertThat(result.faults()).isEmpty();
        assertThat(result.figure("delivered")).isGreaterThan(20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws", "xhr-streaming", "xhr-polling"})
    void connectionsAreHeldAndReached(String transport) throws IOException {
        Scenario scenario = scenario("connections-5000").withSubscribers(300);
        Result result;
        try (Loop loop = new Loop(progress)) {
            result = new HoldRun(scenario, settings(web(transport)), loop, progress).run();
        }
        assertThat(result.faults()).isEmpty();
        assertThat(result.figure("connected")).isEqualTo(300);
        assertThat(result.figure("reached")).isEqualTo(300);
        assertThat(result.figure("heap-bytes-per-connection")).isFinite();
    }

    @Test
    void resultsAreShownAsJsonAndAsLines() throws IOException {
        Result result;
        try (Loop loop = new Loop(progress)) {
            result = new TrafficRun(scenario("fan-out-1"), settings(tcp()), loop, progress).run();
        }
        assertThat(Report.json("ours", java.util.List.of(result)))
                .startsWith("[\n  {\"server\": \"ours\", \"scenario\": \"fan-out-1\", \"transport\": \"TCP\"")
                .contains("\"lost\": 0", "\"faults\": []");
        assertThat(Report.lines("ours", result)).contains("ours\tfan-out-1\tfan-out 1 → 1, 100 B, TCP\tlost\t0.0\n");
    }

    private static Scenario scenario(String name) {
        return Scenario.rows().stream()
                .filter(row -> row.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Settings settings(Target target) {
        return new Settings(target, ServerProcess.self(), 0, 1, 1, true, false);
    }

    private Target tcp() {
        return Target.of("tcp://127.0.0.1:" + server.port("tcp"), new Target.Login("/", "", ""), "/topic/", "/queue/");
    }

    private Target web(String transport) {
        return Target.of(
                transport + "://127.0.0.1:" + server.port("ws") + "/stomp",
                new Target.Login("/", "", ""),
                "/topic/",
                "/queue/");
    }
}
