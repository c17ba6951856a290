/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What somebody reads who made a mistake. */
class ConfigurationErrorsTest {
    private final Path directory;

    ConfigurationErrorsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    static List<Arguments> mistakes() {
        return List.of(
                mistake("""
                        listeners:
                          tcp:
                            prot: 61613
                        """, "hoofbeat.yml:3:5: unknown key \"prot\" in listeners.tcp; did you mean \"port\"?"),
                mistake(
                        "listeners: {tcp: {certificate: a}}",
                        "hoofbeat.yml:1:19: unknown key \"certificate\" in listeners.tcp; did you mean listeners.tls.certificate?"),
                mistake(
                        "listeners: {tpc: {port: 1}}",
                        "hoofbeat.yml:1:13: unknown key \"tpc\" in listeners; did you mean \"tcp\"?"),
                mistake(
                        "listeners: {tcp: {port: 70000}}",
                        "hoofbeat.yml:1:25: listeners.tcp.port: 70000 is too large (at most 65535)"),
                mistake(
                        "listeners: {tls: {port: 1}}",
                        "hoofbeat.yml:1:25: listeners.tls needs a certificate and a key, or a keystore"),
                mistake(
                        "listeners: {tls: {certificate: a}}",
                        "hoofbeat.yml:1:32: listeners.tls: endpoint tls needs both certificate and key, or a keystore"),
                mistake(
                        "listeners: {tcp: {host: 0.0.0.0}}",
                        "hoofbeat.yml:1:25: listeners.tcp.host: 0.0.0.0 can be reached from other machines, and there are no users"),
                mistake(
                        "listeners: {tcp: {enabled: false}, ws: {enabled: false}}",
                        "no listener is enabled: nobody could come in"),
                mistake("""
                        broker:
                          prefetsch: 10
                        """, "hoofbeat.yml:2:3: unknown key \"prefetsch\" in broker; did you mean \"prefetch\"?"),
                mistake(
                        "broker: {outboxHighWater: 1 MiB}",
                        "hoofbeat.yml:1:10: unknown key \"outboxHighWater\" in broker; did you mean \"outbox-high-water\"?"),
                mistake("brokr: {}", "hoofbeat.yml:1:1: unknown key \"brokr\"; did you mean \"broker\"?"),
                mistake("prefetch: 10", "hoofbeat.yml:1:1: unknown key \"prefetch\"; did you mean broker.prefetch?"),
                mistake("horse: 1", "hoofbeat.yml:1:1: unknown key \"horse\""),
                mistake("""
                        broker:
                          prefetch: 10
                          strict: true
                          prefetch: 20
                        """, "hoofbeat.yml:4:3: \"prefetch\" is said twice, first in line 2"),
                mistake(
                        "broker: {prefetch: many}",
                        "hoofbeat.yml:1:20: broker.prefetch: \"many\" is not a whole number"),
                mistake(
                        "broker: {prefetch: 100000}",
                        "hoofbeat.yml:1:20: broker.prefetch: 100000 is too large (at most 65536)"),
                mistake("broker: {prefetch: 0}", "hoofbeat.yml:1:20: broker.prefetch: 0 is too small (at least 1)"),
                mistake(
                        "broker: {prefetch: 99999999999999999999}",
                        "hoofbeat.yml:1:20: broker.prefetch: \"99999999999999999999\" is not a whole number"),
                mistake(
                        "broker: {prefetch: [1]}",
                        "hoofbeat.yml:1:20: broker.prefetch is a whole number, not a list or a group"),
                mistake("broker: {prefetch: }", "hoofbeat.yml:1:19: broker.prefetch has no value"),
                mistake(
                        "broker: {connect-timeout: 10}",
                        "hoofbeat.yml:1:27: broker.connect-timeout: \"10\" needs a unit, as in 10s or 10ms"),
                mistake(
                        "broker: {connect-timeout: soon}",
                        "hoofbeat.yml:1:27: broker.connect-timeout: \"soon\" is not a duration, as in 500ms, 10s, 5m, 1h, 1d"),
                mistake(
                        "broker: {connect-timeout: 10ms}",
                        "hoofbeat.yml:1:27: broker.connect-timeout: 10ms is too small (at least 100ms)"),
                mistake(
                        "broker: {connect-timeout: 999999999999999d}",
                        "hoofbeat.yml:1:27: broker.connect-timeout: \"999999999999999d\" is too long"),
                mistake(
                        "broker: {max-body: 2 GiB}",
                        "hoofbeat.yml:1:20: broker.max-body: 2 GiB is too large (at most 1 GiB)"),
                mistake(
                        "broker: {max-body: big}",
                        "hoofbeat.yml:1:20: broker.max-body: \"big\" is not a size, as in 4096, 64 KiB, 16 MiB, 1 GiB"),
                mistake("broker: {strict: yes}", "hoofbeat.yml:1:18: broker.strict: \"yes\" is neither true nor false"),
                mistake(
                        "broker: {heart-beat-tolerance: 0.5}",
                        "hoofbeat.yml:1:32: broker.heart-beat-tolerance: 0.5 is too small (at least 1)"),
                mistake(
                        "broker: 5",
                        "hoofbeat.yml:1:9: there should be keys below broker: ack-timeout, connect-timeout,"),
                mistake("- a", "hoofbeat.yml:1:1: there should be keys below the top: "),
                mistake("broker: {", "hoofbeat.yml:1:10: this is not YAML: "),
                mistake("destinations: {}", "hoofbeat.yml:1:15: destinations is a list: begin each item with \"- \""),
                mistake(
                        "destinations: [{pattern: /a}]",
                        "hoofbeat.yml:1:16: this item of destinations needs a \"kind\""),
                mistake(
                        "destinations: [{pattern: /a, kind: que}]",
                        "hoofbeat.yml:1:36: destinations.kind: \"que\" is not one of topic, queue"),
                mistake(
                        "destinations: [{pattern: /a, kind: tpoic}]",
                        "hoofbeat.yml:1:36: destinations.kind: \"tpoic\" is not one of topic, queue; did you mean topic?"),
                mistake(
                        "destinations: [{pattern: /a, kind: topic, slow-consumer: drop}]",
                        "hoofbeat.yml:1:58: destinations.slow-consumer: \"drop\" is not one of disconnect, drop-oldest, drop-newest, keep-latest"),
                mistake("users: [{name: ada}]", "hoofbeat.yml:1:9: this item of users needs a \"hash\""),
                mistake("users: [{name: ada, hash: secret}]", "hoofbeat.yml:1:27: users.hash: not an argon2id hash ("),
                mistake("users-file: nobody", "hoofbeat.yml:1:13: users-file: there is no file "),
                mistake("rules: [{destinations: a}]", "hoofbeat.yml:1:9: a rule has either \"allow\" or \"deny\""),
                mistake(
                        "rules: [{allow: send, deny: send, destinations: a}]",
                        "hoofbeat.yml:1:9: a rule has either \"allow\" or \"deny\""),
                mistake(
                        "rules: [{allow: publish, destinations: a}]",
                        "hoofbeat.yml:1:17: \"publish\" is not one of send, subscribe"),
                mistake(
                        "rules: [{allow: send, destinations: []}]",
                        "hoofbeat.yml:1:37: rules.destinations: a rule needs a destination; ** stands for all"));
    }

    private static Arguments mistake(String yaml, String message) {
        return Arguments.of(yaml, message);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("mistakes")
    void mistakeIsToldWithItsPlace(String yaml, String message) throws IOException {
        assertThat(problems(yaml, Map.of(), Map.of()))
                .singleElement()
                .asString()
                .startsWith(message);
    }

    @Test
    void allMistakesAreToldAtOnceInTheOrderOfTheFile() throws IOException {
        List<String> problems =
                problems("""
                broker:
                  prefetch: -1
                  unheard-of: 1
                destinations:
                  - {pattern: /a, kind: topic, max-messages: x}
                  - {kind: queue}
                """, Map.of("HOOFBEAT_BROKER_STRICT", "maybe"), Map.of("broker.max-body", "-1"));
        assertThat(problems)
                .containsExactly(
                        "hoofbeat.yml:2:13: broker.prefetch: -1 is too small (at least 1)",
                        "hoofbeat.yml:3:3: unknown key \"unheard-of\" in broker",
                        "hoofbeat.yml:5:46: destinations.max-messages: \"x\" is not a whole number",
                        "hoofbeat.yml:6:5: this item of destinations needs a \"pattern\"",
                        "HOOFBEAT_BROKER_STRICT: \"maybe\" is neither true nor false",
                        "--broker.max-body: \"-1\" is not a size, as in 4096, 64 KiB, 16 MiB, 1 GiB");
    }

    @Test
    void variablesAndFlagsThatNobodyKnowsAreMistakes() throws IOException {
        assertThat(problems("", Map.of("HOOFBEAT_BROKER_PREFECTH", "1"), Map.of("broker.prefecht", "1")))
                .containsExactly(
                        "HOOFBEAT_BROKER_PREFECTH: unknown variable; did you mean HOOFBEAT_BROKER_PREFETCH?",
                        "--broker.prefecht: unknown flag; did you mean --broker.prefetch?");
    }

    @Test
    void whatKubernetesAndTheCommandPutIntoTheEnvironmentIsNoMistake() throws IOException {
        Path file = Files.writeString(directory.resolve("hoofbeat.yml"), "");
        Map<String, String> environment = Map.of(
                "HOOFBEAT_SERVICE_HOST", "10.0.0.1",
                "HOOFBEAT_SERVICE_PORT", "61613",
                "HOOFBEAT_SERVICE_PORT_STOMP", "61613",
                "HOOFBEAT_PORT", "tcp://10.0.0.1:61613",
                "HOOFBEAT_PORT_61613_TCP", "tcp://10.0.0.1:61613",
                "HOOFBEAT_PORT_61613_TCP_ADDR", "10.0.0.1",
                "HOOFBEAT_URL", "tcp://somewhere",
                "PATH", "/bin");
        assertThat(Configuration.reader()
                        .file(file)
                        .environment(environment)
                        .read()
                        .values())
                .isEmpty();
    }

    @Test
    void missingFileIsAMistake() {
        ConfigurationException failure = catchThrowableOfType(
                ConfigurationException.class, () -> Configuration.read(directory.resolve("none.yml")));
        assertThat(failure.problems()).containsExactly(directory.resolve("none.yml") + ": there is no such file");
    }

    @Test
    void hashIsInNoMessage() throws IOException {
        assertThat(problems("users: [{name: ada, hash: [sesame]}]", Map.of(), Map.of())
                        .toString())
                .doesNotContain("sesame");
        assertThat(problems("users: [{name: ada, hash: sesame}]", Map.of(), Map.of())
                        .toString())
                .doesNotContain("sesame");
    }

    private List<String> problems(String yaml, Map<String, String> environment, Map<String, String> flags)
            throws IOException {
        Path file = Files.writeString(directory.resolve("hoofbeat.yml"), yaml);
        ConfigurationException failure = catchThrowableOfType(
                ConfigurationException.class,
                () -> Configuration.reader()
                        .file(file)
                        .environment(environment)
                        .flags(flags)
                        .read());
        return failure.problems().stream()
                .map(problem -> problem.replace(file.toString(), "hoofbeat.yml"))
                .toList();
    }
}
