/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.seeds;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.SpringBootVersion;

/**
 * Every listing runs, and its clients see what the document says. With -Dmetadata=write the column of this version of Spring Boot is
 * written instead of compared.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SeedsTest {
    private static final Path PAGE = Path.of("../../docs/SEEDS.md");
    private static final List<String> VERSIONS = List.of("4.0.7", "4.1.0");
    private static final String VERSION = SpringBootVersion.getVersion();
    private static final Pattern TABLE = Pattern.compile("(<!-- listings -->\n).*?(<!-- end -->)", Pattern.DOTALL);

    private final Clients clients = new Clients();
    private final Map<String, String> seen = new LinkedHashMap<>();

    @BeforeAll
    void versionIsTheOneThatTheModuleIsNamedFor() {
        assertThat(VERSION).isEqualTo(System.getProperty("spring-boot.version")).isIn(VERSIONS);
    }

    @AfterAll
    void stop() throws IOException {
        clients.close();
        if ("write".equals(System.getProperty("metadata"))) {
            Files.writeString(PAGE, withTable(Files.readString(PAGE)));
        }
    }

    @TestFactory
    Stream<DynamicTest> listingsRun() {
        return Listing.all().stream()
                .map(listing -> DynamicTest.dynamicTest(listing.toString(), () -> {
                    String observed = listing.probe().observe(clients);
                    seen.put(listing.toString(), observed);
                    assertThat(observed).isEqualTo(listing.seen());
                }));
    }

    @Test
    void documentSaysWhatIsSeen() throws IOException {
        if (!"write".equals(System.getProperty("metadata"))) {
            Map<String, List<String>> rows = rows(Files.readString(PAGE));
            assertThat(rows.keySet())
                    .containsExactlyElementsOf(
                            Listing.all().stream().map(Listing::toString).toList());
            for (Listing listing : Listing.all()) {
                List<String> row = rows.getOrDefault(listing.toString(), List.of());
                assertThat(row).startsWith(Verbatim.state(listing)).hasSize(3);
                assertThat(row.get(1 + VERSIONS.indexOf(VERSION))).isEqualTo(listing.seen());
            }
        }
    }

    /** How it stands, and the cells of the versions, by listing. */
    private static Map<String, List<String>> rows(String page) {
        Matcher table = TABLE.matcher(page);
        assertThat(table.find()).isTrue();
        Map<String, List<String>> rows = new LinkedHashMap<>();
        table.group().lines().filter(line -> line.matches("\\| \\d.*")).forEach(line -> {
            String[] cells = line.split("\\|", -1);
            rows.put(
                    cells[1].strip() + " " + cells[2].strip(),
                    List.of(cells[3].strip(), cells[4].strip(), cells[5].strip()));
        });
        return rows;
    }

    private String withTable(String page) throws IOException {
        Map<String, List<String>> before = rows(page);
        StringBuilder table =
                new StringBuilder("| seed | listing | stands | Boot 4.0.7 | Boot 4.1.0 |\n|---|---|---|---|---|\n");
        for (Listing listing : Listing.all()) {
            table.append("| %s | %s | %s |".formatted(listing.seed(), listing.name(), Verbatim.state(listing)));
            for (String version : VERSIONS) {
                List<String> cells = before.getOrDefault(listing.toString(), List.of("", "", ""));
                String old = cells.get(1 + VERSIONS.indexOf(version));
                table.append(' ')
                        .append(version.equals(VERSION) ? seen.getOrDefault(listing.toString(), old) : old)
                        .append(" |");
            }
            table.append('\n');
        }
        return TABLE.matcher(page).replaceFirst("$1" + Matcher.quoteReplacement(table.toString()) + "$2");
    }
}
