/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hoofbeat.broker.Authorizer.Operation;
import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.broker.DestinationPolicy;
import io.hoofbeat.broker.Identity;
import io.hoofbeat.broker.security.PasswordHash;
import io.hoofbeat.server.config.Configuration;
import io.hoofbeat.server.config.ConfigurationException;
import io.hoofbeat.server.config.ConfigurationReader;
import io.hoofbeat.server.config.Option;
import io.hoofbeat.server.config.Reference;
import io.hoofbeat.server.config.Type;
import io.hoofbeat.test.StompPeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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
                        "hoofbeat.rules[0].destinations", "/topic/\"x/**")
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
        assertThat(options.authorizer().permits(new Identity("bob", Set.of()), Operation.SEND, "/topic/\"x/a"))
                .isTrue();
        assertThat(options.authorizer().permits(new Identity("eve", Set.of()), Operation.SEND, "/topic/\"x/a"))
                .isFalse();
    }

    // ---- the same names as in hoofbeat.yml

    /** A value for everything that there is, by path: the default, or what would do. */
    private static Map<String, Object> everything(Path directory) throws IOException {
        Path users = Files.writeString(directory.resolve("users"), "");
        Map<String, Object> all = new LinkedHashMap<>();
        for (Option option : ConfigurationReader.options()) {
            boolean isEncrypted = option.path().matches("listeners\\.(tls|wss)\\.enabled");
            all.put(
                    option.path(),
                    isEncrypted ? "false" : option.path().equals("users-file") ? users.toString() : sample(option));
        }
        for (String list : ConfigurationReader.lists()) {
            Map<String, Object> item = new LinkedHashMap<>();
            ConfigurationReader.items(list).forEach(option -> item.put(option.name(), sample(option)));
            all.put(list, List.of(item));
            if (list.equals("users")) {
                item.put("hash", PasswordHash.of("sesame").text());
            } else if (list.equals("rules")) {
                Map<String, Object> other = new LinkedHashMap<>(item);
                item.put("allow", List.of("send"));
                item.remove("deny");
                other.put("deny", List.of("send", "subscribe"));
                other.remove("allow");
                all.put(list, List.of(item, other));
            }
        }
        return all;
    }

    private static Object sample(Option option) {
        String standard = String.valueOf(option.standard());
        return switch (option.type()) {
            case TEXTS ->
                List.of("/a/**", "10.0.0.0/8").subList(0, option.path().contains("trust") ? 2 : 1);
            case BOOLEAN -> option.path().endsWith("enabled") ? "true" : standard;
            case NUMBER, DECIMAL -> option.standard() == null ? "7" : standard;
            case DURATION -> option.standardText().matches("\\d+(ms|s|m|h|d)") ? option.standardText() : "7s";
            case SIZE -> option.standardText().matches("\\d+.*") ? option.standardText() : "64 MiB";
            case CHOICE -> option.choices().get(0);
            case TEXT, FILE -> option.standard() == null ? "/x" : standard;
        };
    }

    /** As a file has it, one line each: lists in the one form, and groups by their paths. */
    private static String yaml(Map<String, Object> all) {
        return JsonMapper.shared().writeValueAsString(nested(all));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> nested(Map<String, Object> all) {
        Map<String, Object> root = new LinkedHashMap<>();
        all.forEach((path, value) -> {
            Map<String, Object> group = root;
            String[] names = path.split("\\.");
            for (int i = 0; i < names.length - 1; i++) {
                group = (Map<String, Object>) group.computeIfAbsent(names[i], name -> new LinkedHashMap<>());
            }
            group.put(names[names.length - 1], value);
        });
        return root;
    }

    private static String[] properties(Map<String, Object> all) {
        List<String> flat = new ArrayList<>();
        all.forEach((path, value) -> {
            flat(flat, "hoofbeat." + path, value);
        });
        return flat.toArray(String[]::new);
    }

    private static void flat(List<String> to, String name, Object value) {
        if (value instanceof List<?> several) {
            for (int i = 0; i < several.size(); i++) {
                flat(to, name + "[" + i + "]", several.get(i));
            }
        } else if (value instanceof Map<?, ?> item) {
            item.forEach((part, own) -> flat(to, name + "." + part, own));
        } else {
            to.addAll(List.of(name, String.valueOf(value)));
        }
    }

    /** What holds, and whether somebody has said it. */
    private static List<String> effective(Configuration configuration) {
        return Reference.effective(configuration)
                .lines()
                .map(line -> line.replaceAll(" +# (hoofbeat|file|/).*", " # said"))
                .toList();
    }

    @Test
    void everythingThatHoofbeatYmlCanSayIsAPropertyAndMeansTheSame(@TempDir Path directory) throws IOException {
        Map<String, Object> all = everything(directory);
        Path file = Files.writeString(directory.resolve("hoofbeat.yml"), yaml(all));
        List<String> said = effective(Configuration.read(file));
        assertThat(said).filteredOn(line -> line.endsWith("# default")).isEmpty();
        assertThat(effective(settings(properties(all)).configuration())).isEqualTo(said);
    }

    @Test
    void metadataNamesWhatCanBeSaidAndNothingElse() throws IOException {
        JsonNode metadata = JsonMapper.shared().readTree(METADATA.toFile());
        Set<String> names = new TreeSet<>();
        metadata.get("properties").forEach(property -> {
            names.add(property.get("name").asString());
            assertThat(property.get("description").asString())
                    .as(property.toString())
                    .endsWith(".");
        });
        Set<String> known = new TreeSet<>(ConfigurationReader.lists());
        ConfigurationReader.options().forEach(option -> known.add(option.path()));
        HoofbeatSettings.OWN.forEach(own -> known.add(own.name()));
        assertThat(names)
                .isEqualTo(known.stream().map(name -> "hoofbeat." + name).collect(Collectors.toSet()));
        Map<String, List<String>> hints = new TreeMap<>();
        metadata.get("hints").forEach(hint -> {
            List<String> values = new ArrayList<>();
            hint.get("values").forEach(value -> values.add(value.get("value").asString()));
            hints.put(hint.get("name").asString(), values);
        });
        Map<String, List<String>> choices = new TreeMap<>();
        ConfigurationReader.options().stream()
                .filter(option -> option.type() == Type.CHOICE)
                .forEach(option -> choices.put("hoofbeat." + option.path(), option.choices()));
        assertThat(hints).isEqualTo(choices).isNotEmpty();
        for (String list : ConfigurationReader.lists()) {
            String text = metadata.toString();
            ConfigurationReader.items(list).forEach(item -> assertThat(text).contains(item.name()));
        }
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
