/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.broker.DestinationPolicy;
import io.hoofbeat.broker.DestinationPolicy.Kind;
import io.hoofbeat.test.StompPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.stereotype.Component;

/**
 * The page for users of Spring says what is so: its tables are made here, its Java stands in tests that run, and its properties are given
 * to an application. With -Dmetadata=write the tables are written instead of compared.
 */
class SpringPageTest {
    private static final Path PAGE = Path.of("../docs/SPRING.md");

    private static String page;

    @Component
    static class Doorman {
        private final Hoofbeat hoofbeat;

        Doorman(Hoofbeat hoofbeat) {
            this.hoofbeat = hoofbeat;
        }

        void ban(String user) {
            hoofbeat.endSessionsOf(user, "you have been banned");
        }
    }

    @BeforeAll
    static void read() throws IOException {
        page = Files.readString(PAGE);
        String made = made();
        if ("write".equals(System.getProperty("metadata"))) {
            Files.writeString(PAGE, made);
            page = made;
        }
    }

    private static String made() {
        String text = with("properties", properties(), page);
        text = with("wirings", WiringsTest.Wiring.table(), text);
        return with("gaps", gaps(), text);
    }

    private static String with(String name, String table, String text) {
        return Pattern.compile("(<!-- " + name + " -->\n).*?(<!-- end -->)", Pattern.DOTALL)
                .matcher(text)
                .replaceFirst("$1" + Matcher.quoteReplacement(table) + "$2");
    }

    private static String gaps() {
        return Gap.all().stream()
                .map(gap -> "| %d | %s | %s | %s |\n".formatted(gap.number(), gap.asked(), gap.stock(), gap.ours()))
                .collect(Collectors.joining("", "| | what is tried | before | after |\n|---|---|---|---|\n", ""));
    }

    private static String properties() {
        return HoofbeatSettings.OWN.stream()
                .map(own -> "| `%s.%s` | %s | %s |\n"
                        .formatted(
                                HoofbeatSettings.PREFIX,
                                own.name(),
                                own.standard() == null ? "" : "`" + own.standard() + "`",
                                own.text()))
                .collect(Collectors.joining("", "| property | default | what it is |\n|---|---|---|\n", ""));
    }

    private static List<String> listings(String language) {
        List<String> listings = new ArrayList<>();
        Matcher listing =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(page);
        while (listing.find()) {
            listings.add(listing.group(1));
        }
        assertThat(listings).isNotEmpty();
        return listings;
    }

    @Test
    void tablesAreWhatTheTestsSay() {
        assertThat(page).isEqualTo(made()).contains("| 23 |", "| Java, `enableSimpleBroker` |");
    }

    @Test
    void javaStandsInTestsThatRun() throws IOException {
        StringBuilder all = new StringBuilder();
        for (String tested : List.of("src", "../hoofbeat-spring-boot-test/src")) {
            try (Stream<Path> files = Files.walk(Path.of(tested, "test", "java"))) {
                files.filter(Files::isRegularFile).map(SpringPageTest::text).forEach(all::append);
            }
        }
        String tests = all.toString();
        for (String listing : listings("java")) {
            assertThat(tests.replaceAll("\\s", "")).contains(listing.replaceAll("\\s", ""));
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void dependenciesAreModulesOfOurs() {
        for (String listing : listings("xml")) {
            Matcher artifact = Pattern.compile("<artifactId>(.*)</artifactId>").matcher(listing);
            assertThat(artifact.find()).isTrue();
            String pom = text(Path.of("..", artifact.group(1), "pom.xml"));
            listing.lines()
                    .map(String::strip)
                    .filter(line -> line.startsWith("<") && !line.contains("dependency") && !line.contains("scope"))
                    .forEach(line -> assertThat(pom).contains(line));
        }
    }

    @Test
    void propertiesDoWhatIsSaid(@TempDir Path directory) throws IOException {
        List<String> listings = listings("yaml");
        List<String> imports = new ArrayList<>();
        for (String listing : listings) {
            String text = listing.replace("port: 61613", "port: 0"); // which may be in use
            Path file = directory.resolve(imports.size() + ".yml");
            Files.writeString(file, text);
            imports.add("file:" + file);
        }
        try (App app = App.of(Chat.Java.class, Doorman.class)
                .with("spring.config.import=" + String.join(",", imports))
                .start()) {
            var options = app.context().getBean(Hoofbeat.class).broker().options();
            assertThat(options.prefetch()).isEqualTo(50);
            assertThat(options.codec().body()).isEqualTo(1 << 20);
            assertThat(options.outboxHighWater()).isEqualTo(256 << 10);
            assertThat(options.stallTime()).isEqualTo(java.time.Duration.ofSeconds(2));
            DestinationPolicy orders = options.policies().get(0);
            assertThat(orders.pattern()).isEqualTo("/queue/orders");
            assertThat(orders.maxDeliveries()).isEqualTo(3);
            assertThat(options.policies().get(1).keyHeader()).isEqualTo("symbol");
            assertThat(options.policies().get(2).pattern()).isEqualTo("/queue/**");
            assertThat(options.policies().get(2).kind()).isEqualTo(Kind.QUEUE);
            bothDoorsLeadToTheSameDestinations(app);
        }
    }

    private static void bothDoorsLeadToTheSameDestinations(App app) {
        try (StompPeer browser = StompPeer.connect(app.url("/ws?ada"));
                StompPeer program = StompPeer.connect("tcp://localhost:" + app.tcpPort())) {
            browser.open("1.2");
            program.open("1.2");
            browser.subscribe("/topic/news");
            program.send("SEND⏎destination:/topic/news⏎⏎from outside␀");
            assertThat(browser.expect("MESSAGE").text()).isEqualTo("from outside");
            program.subscribe("/queue/jobs", "ack:client");
            browser.send("SEND⏎destination:/queue/jobs⏎⏎from a browser␀");
            assertThat(program.expect("MESSAGE").text()).isEqualTo("from a browser");
            app.context().getBean(Doorman.class).ban("ada");
            browser.expectError("message:you have been banned");
        }
    }
}
