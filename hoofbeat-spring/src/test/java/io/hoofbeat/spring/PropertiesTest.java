/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hoofbeat.broker.Authorizer.Operation;
import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.broker.DestinationPolicy;
import io.hoofbeat.broker.Identity;
import io.hoofbeat.server.config.ConfigurationException;
import io.hoofbeat.test.StompPeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** The names of hoofbeat.yml are the names of properties. */
class PropertiesTest {
    private static final Path METADATA = Path.of("src/main/resources/META-INF/spring-configuration-metadata.json");

    /** Set with -Dmetadata=write, it writes the file instead of comparing. */
    @Test
    void metadataForDevelopmentEnvironmentsIsWhatTheModelSays() throws IOException {
        if ("write".equals(System.getProperty("metadata"))) {
            Files.writeString(METADATA, PropertyMetadata.json());
        }
        assertThat(METADATA).hasContent(PropertyMetadata.json());
    }

    private static HoofbeatSettings settings(String... namesAndValues) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return settings(new MapPropertySource("test", values));
    }

    private static HoofbeatSettings settings(MapPropertySource source) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(source);
        ConfigurationPropertySources.attach(environment);
        return HoofbeatSettings.of(environment);
    }

    @Test
    void engineIsToldWhatThePropertiesSay() {
        BrokerOptions options = settings(
                        "hoofbeat.broker.prefetch", "7",
                        "hoofbeat.broker.outboxHighWater", "64 KiB",
                        "hoofbeat.broker.ack-timeout", "5m",
                        "hoofbeat.broker.virtual-hosts[0]", "a",
                        "hoofbeat.broker.virtual-hosts[1]", "b",
                        "hoofbeat.destinations[0].pattern", "/queue/orders",
                        "hoofbeat.destinations[0].kind", "queue",
                        "hoofbeat.destinations[0].max-messages", "10",
                        "hoofbeat.rules[0].allow[0]", "send",
                        "hoofbeat.rules[0].allow[1]", "subscribe",
                        "hoofbeat.rules[0].users", "ada,bob",
                        "hoofbeat.rules[0].destinations", "/topic/\"**")
                .configuration()
                .broker()
                .build();
        assertThat(options.prefetch()).isEqualTo(7);
        assertThat(options.outboxHighWater()).isEqualTo(65_536);
        assertThat(options.ackTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(options.virtualHosts()).containsExactlyInAnyOrder("a", "b");
        DestinationPolicy orders = options.policies().get(0);
        assertThat(orders.pattern()).isEqualTo("/queue/orders");
        assertThat(orders.kind()).isEqualTo(DestinationPolicy.Kind.QUEUE);
        assertThat(orders.maxMessages()).isEqualTo(10);
        assertThat(options.authorizer().permits(new Identity("bob", Set.of()), Operation.SEND, "/topic/\"a"))
                .isTrue();
        assertThat(options.authorizer().permits(new Identity("eve", Set.of()), Operation.SEND, "/topic/\"a"))
                .isFalse();
    }

    @Test
    void environmentSaysTheSame() {
        HoofbeatSettings settings = settings(new SystemEnvironmentPropertySource(
                "test-systemEnvironment",
                Map.of("HOOFBEAT_BROKER_OUTBOXHIGHWATER", "64 KiB", "HOOFBEAT_BROKER_PREFETCH", "7")));
        assertThat(settings.configuration().broker().build().outboxHighWater()).isEqualTo(65_536);
        assertThat(settings.configuration().broker().build().prefetch()).isEqualTo(7);
    }

    @Test
    void unknownPropertyIsAnErrorThatNamesTheNearest() {
        assertThatThrownBy(() -> settings("hoofbeat.broker.prefetsh", "7"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("hoofbeat.broker.prefetsh")
                .hasMessageContaining("did you mean")
                .hasMessageContaining("broker.prefetch");
    }

    @Test
    void unknownPropertyInAListIsAnErrorToo() {
        assertThatThrownBy(() -> settings(
                        "hoofbeat.destinations[0].pattern", "/queue/a",
                        "hoofbeat.destinations[0].kind", "queue",
                        "hoofbeat.destinations[0].max-mesages", "10"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("max-mesages");
    }

    @Test
    void wrongValueStopsTheStartWithTheFixInTheText() {
        PrintStream console = System.out;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setOut(new PrintStream(log, true, UTF_8));
        try {
            assertThatThrownBy(() -> App.of(Chat.Java.class)
                            .with("hoofbeat.broker.prefetch=none")
                            .start())
                    .hasRootCauseInstanceOf(ConfigurationException.class);
        } finally {
            System.setOut(console);
        }
        assertThat(log.toString(UTF_8))
                .contains("APPLICATION FAILED TO START", "hoofbeat.broker.prefetch", "\"none\" is not a whole number")
                .contains("docs/CONFIGURATION.md");
    }

    @Test
    void applicationsOwnSizeOfMessagesHolds() {
        try (App app = App.of(Chat.Java.class)
                        .with("hoofbeat.broker.max-body=100")
                        .start();
                StompPeer peer = app.connected("1.2")) {
            peer.send("SEND⏎destination:/topic/a⏎receipt:r⏎⏎" + "x".repeat(100) + "␀");
            peer.expect("RECEIPT");
            peer.send("SEND⏎destination:/topic/a⏎receipt:r⏎⏎" + "x".repeat(101) + "␀");
            assertThat(peer.expectError("receipt-id:r").value("message")).contains("more than 100 octets");
        }
    }
}
