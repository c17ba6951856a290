/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.hoofbeat.broker.Authenticator;
import io.hoofbeat.broker.Authorizer;
import io.hoofbeat.broker.Authorizer.Operation;
import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.broker.DestinationPolicy;
import io.hoofbeat.broker.DestinationPolicy.Kind;
import io.hoofbeat.broker.DestinationPolicy.SlowConsumer;
import io.hoofbeat.broker.Identity;
import io.hoofbeat.broker.security.PasswordHash;
import io.hoofbeat.broker.security.Users;
import io.hoofbeat.server.Endpoint;
import io.hoofbeat.server.StompServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
    private static final String HASH = PasswordHash.of("lovelace").text();

    private final Path directory;

    ConfigurationTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void nothingSaidGivesTheDefaultsOfTheBuilder() {
        BrokerOptions options = Configuration.reader().read().broker().build();
        assertSame(options, BrokerOptions.builder().build());
        assertThat(options.authenticator()).isSameAs(Authenticator.ANYBODY);
        assertThat(options.authorizer()).isSameAs(Authorizer.EVERYTHING);
    }

    @Test
    void valuesOfAllTypesReachTheBuilder() throws IOException {
        BrokerOptions options = options("""
                broker:
                  prefetch: 17
                  outbox-high-water: 64 KiB
                  heart-beat-send: 5s
                  heart-beat-tolerance: 2.5
                  strict: true
                  virtual-hosts: [a.example, b.example]
                  ack-timeout: 1h
                destinations:
                  - pattern: /topic/prices.**
                    kind: topic
                    slow-consumer: keep-latest
                    key-header: symbol
                  - {pattern: "/jobs/**", kind: queue, max-bytes: 1 GiB, time-to-live: 1d, dead-letters: ""}
                """);
        assertThat(options.prefetch()).isEqualTo(17);
        assertThat(options.outboxHighWater()).isEqualTo(65_536);
        assertThat(options.heartBeat().text()).isEqualTo("5000,10000");
        assertThat(options.heartBeatTolerance()).isEqualTo(2.5);
        assertThat(options.strict()).isTrue();
        assertThat(options.virtualHosts()).containsExactlyInAnyOrder("a.example", "b.example");
        assertThat(options.ackTimeout()).isEqualTo(Duration.ofHours(1));
        DestinationPolicy prices = options.policies().get(0);
        assertThat(prices.pattern()).isEqualTo("/topic/prices.**");
        assertThat(prices.kind()).isEqualTo(Kind.TOPIC);
        assertThat(prices.slowConsumer()).isEqualTo(SlowConsumer.KEEP_LATEST);
        assertThat(prices.keyHeader()).isEqualTo("symbol");
        DestinationPolicy work = options.policies().get(1);
        assertThat(work.maxBytes()).isEqualTo(1L << 30);
        assertThat(work.timeToLive()).isEqualTo(Duration.ofDays(1));
        assertThat(work.deadLetters()).isNull();
    }

    @Test
    void flagsGoBeforeTheEnvironmentThatBeforeTheFileThatBeforeTheDefaults() throws IOException {
        Path file = file("broker: {prefetch: 11, max-prefetch: 12, max-headers: 33}");
        Map<String, String> environment =
                Map.of("HOOFBEAT_BROKER_PREFETCH", "21", "HOOFBEAT_BROKER_MAX_PREFETCH", "22");
        Configuration configuration = Configuration.reader()
                .file(file)
                .environment(environment)
                .flags(Map.of("broker.prefetch", "31"))
                .read();
        BrokerOptions options = configuration.broker().build();
        assertThat(options.prefetch()).isEqualTo(31);
        assertThat(options.maxPrefetch()).isEqualTo(22);
        assertThat(options.codec().headers()).isEqualTo(33);
        assertThat(options.maxSubscriptions()).isEqualTo(1_000);
        assertThat(Reference.effective(configuration).lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        " prefetch: 31 # --broker.prefetch",
                        " max-prefetch: 22 # HOOFBEAT_BROKER_MAX_PREFETCH",
                        " max-headers: 33 # " + file + ":1:55",
                        " max-subscriptions: 1000 # default");
    }

    @Test
    void listsInVariablesAndFlagsAreYaml() {
        Configuration configuration = Configuration.reader()
                .environment(Map.of(
                        "HOOFBEAT_RULES", "[{allow: [send, subscribe], roles: admin, destinations: '**'}]",
                        "HOOFBEAT_BROKER_VIRTUAL_HOSTS", "a, b"))
                .flags(Map.of("users", "[{name: ada, hash: '" + HASH + "', roles: [admin]}]"))
                .read();
        assertThat(configuration.broker().build().virtualHosts()).isEqualTo(Set.of("a", "b"));
        Identity ada = configuration.user("ada").orElseThrow();
        assertThat(ada).isEqualTo(new Identity("ada", Set.of("admin")));
        assertThat(configuration.rules().orElseThrow().permits(ada, Operation.SEND, "/queue/a"))
                .isTrue();
    }

    @Test
    void mistakeInAListOfAFlagIsToldWithItsPlace() {
        assertThat(problems(Configuration.reader().flags(Map.of("rules", "[{alow: send, destinations: a}]"))))
                .containsExactly("--rules:1:3: unknown key \"alow\" in rules; did you mean \"allow\"?");
    }

    @Test
    void usersComeFromTheConfigurationAndFromAFileBesideIt() throws IOException {
        Files.writeString(directory.resolve("more"), "bob:" + HASH + ":clerk\n");
        Configuration configuration = Configuration.read(file("""
                users:
                  - name: ada
                    hash: %s
                    roles: [admin, trader]
                users-file: more
                """.formatted(HASH)));
        assertThat(configuration.user("ada").orElseThrow().roles()).containsExactlyInAnyOrder("admin", "trader");
        assertThat(configuration.user("bob").orElseThrow().roles()).containsExactly("clerk");
        assertThat(configuration.user("eve")).isEmpty();
        assertThat(configuration.broker().build().authenticator()).isInstanceOf(Users.class);
    }

    @Test
    void sameUserTwiceIsAMistake() throws IOException {
        Files.writeString(directory.resolve("more"), "ada:" + HASH + "\n");
        Path file = file("users: [{name: ada, hash: '%s'}]\nusers-file: more".formatted(HASH));
        assertThat(problems(Configuration.reader().file(file)))
                .containsExactly(file + ":2:13: there are two users ada");
    }

    @Test
    void printedConfigurationMasksSecretsAndReadsBack() throws IOException {
        Configuration configuration = Configuration.read(file("""
                users: [{name: ada, hash: "%s", roles: [a, b]}]
                rules: [{deny: send, users: [ada], destinations: "/a"}]
                """.formatted(HASH)));
        String printed = Reference.effective(configuration);
        assertThat(printed)
                .contains("{name: \"ada\", hash: \"********\", roles: [\"a\", \"b\"]}")
                .doesNotContain(HASH);

        Path again = file(Reference.effective(Configuration.reader().read()));
        assertSame(
                Configuration.read(again).broker().build(),
                BrokerOptions.builder().build());
    }

    private static void assertSame(BrokerOptions options, BrokerOptions others) {
        assertThat(options)
                .usingRecursiveComparison()
                .ignoringFields("listeners", "authenticator", "authorizer", "matcher")
                .isEqualTo(others);
    }

    @Test
    void serverListensWhereTheFileSays() throws IOException {
        try (StompServer server = Configuration.read(file("""
                        listeners:
                          tcp: {port: 0, max-connections: 7}
                          ws: {port: 0, path: /here, origins: ["https://example.org"]}
                          shared: {port: 0}
                        """)).server().start()) {
            assertThat(server.endpoints())
                    .extracting(Endpoint::name, Endpoint::path, Endpoint::maxConnections)
                    .containsExactly(
                            tuple("tcp", "/stomp", 7),
                            tuple("ws", "/here", 100_000),
                            tuple("shared", "/stomp", 100_000));
        }
    }

    @Test
    void listenerCanBeSwitchedOff() {
        try (StompServer server = Configuration.reader()
                .flags(Map.of("listeners.tcp.port", "0", "listeners.ws.enabled", "false"))
                .read()
                .server()
                .start()) {
            assertThat(server.endpoints()).extracting(Endpoint::name).containsExactly("tcp");
        }
    }

    @Test
    void everyOptionHasATextAndADefaultThatIsWithinItsBounds() {
        for (Option option : ConfigurationReader.options()) {
            assertThat(option.text()).as(option.path()).endsWith(".").hasSizeGreaterThan(10);
            Object standard = option.standard();
            if (standard != null) {
                assertThat(option.parse(option.type().show(standard)))
                        .as(option.path())
                        .isEqualTo(standard);
            }
        }
        assertThat(ConfigurationReader.options()).hasSizeGreaterThan(30);
    }

    @Test
    void everyVariableIsListedWithItsDefault() {
        assertThat(Reference.environment())
                .contains(
                        "#HOOFBEAT_BROKER_PREFETCH=200",
                        "#HOOFBEAT_BROKER_OUTBOX_HIGH_WATER=1 MiB",
                        "#HOOFBEAT_USERS=[]");
    }

    @Test
    void documentationIsUpToDate() throws IOException {
        Path page = Path.of("..", "docs", "CONFIGURATION.md");
        assertThat(Reference.markdown())
                .as("run `./hoofbeat config doc > docs/CONFIGURATION.md`")
                .isEqualTo(Files.readString(page));
    }

    private static List<String> problems(ConfigurationReader reader) {
        try {
            reader.read();
            return List.of();
        } catch (ConfigurationException e) {
            return e.problems();
        }
    }

    private BrokerOptions options(String yaml) throws IOException {
        return Configuration.read(file(yaml)).broker().build();
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("hoofbeat.yml"), yaml);
    }
}
