/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Which requirements of the protocol checklists have a test: by the names of the test methods of all modules, by their tags, and
 * by what the codec's vectors cover.
 */
class IdCoverageTest {
    private static final Path PROJECT = Path.of("..");
    private static final Pattern NAME =
            Pattern.compile("\\bvoid ((?:s1[012]|c1[012]|sx|sj|ws)_[a-z]+_[0-9]{1,2})_\\w*\\(");
    private static final Pattern TAG = Pattern.compile("@Tag\\(\"((?:S1[012]|C1[012]|SX|SJ|WS)-[A-Z]+-[0-9]+)\"\\)");
    private static final Pattern COVERS = Pattern.compile("\"covers\": \\[([^]]*)]");
    private static final Pattern ID = Pattern.compile("[A-Z0-9]+-[A-Z]+-[0-9]+");

    @Test
    void everyRequirementHasATestOrAReason() throws IOException {
        Map<String, String> checklist = checklist();
        Set<String> tested = tested();
        List<String> reasons = lines("out-of-scope-ids.txt");
        Set<String> missing = new TreeSet<>();
        Map<String, Set<String>> outOfScope = new TreeMap<>();
        for (String id : checklist.keySet()) {
            if (!tested.contains(id)) {
                String feature = featureOf(id, reasons);
                if (feature.isEmpty()) {
                    missing.add(id + " " + checklist.get(id));
                } else {
                    outOfScope.computeIfAbsent(feature, key -> new TreeSet<>()).add(id);
                }
            }
        }
        int later = outOfScope.values().stream().mapToInt(Set::size).sum();
        System.out.printf(
                Locale.ROOT,
                "%d requirements, %d with a test, %d out of scope%n",
                checklist.size(),
                checklist.size() - missing.size() - later,
                later);
        outOfScope.forEach((feature, ids) -> System.out.println("  " + feature + ": " + String.join(" ", ids)));
        assertThat(missing).as("requirements without a test").isEmpty();
    }

    @Test
    void everyTestIsForARequirementThatExists() throws IOException {
        Set<String> unknown = new TreeSet<>(tested());
        unknown.removeAll(checklist().keySet());
        assertThat(unknown).as("ids in tests that are on no checklist").isEmpty();
    }

    @Test
    void whatIsInPartLeftToLaterHasATest() throws IOException {
        Set<String> tested = tested();
        List<String> parts = lines("out-of-scope-ids.txt").stream()
                .filter(line -> line.startsWith("~"))
                .map(line -> line.substring(1, line.indexOf(' ')))
                .toList();
        assertThat(parts).isNotEmpty();
        assertThat(tested).containsAll(parts);
    }

    /** The feature that the id is left to; empty if it is in scope. */
    private static String featureOf(String id, List<String> reasons) {
        for (String line : reasons) {
            String[] parts = line.split(" \\| ", 3);
            String which = parts[0];
            if (which.equals(id) || (which.endsWith("*") && id.startsWith(which.substring(0, which.length() - 1)))) {
                return parts[1];
            }
        }
        return "";
    }

    private static Map<String, String> checklist() throws IOException {
        Map<String, String> titles = new LinkedHashMap<>();
        for (String line : lines("checklist.txt")) {
            String[] parts = line.split(" \\| ", 3);
            titles.put(parts[0], parts[2]);
        }
        assertThat(titles).hasSizeGreaterThan(400);
        return titles;
    }

    private static List<String> lines(String resource) throws IOException {
        try (InputStream in = Objects.requireNonNull(IdCoverageTest.class.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .toList();
        }
    }

    private static Set<String> tested() throws IOException {
        Set<String> ids = new TreeSet<>();
        for (Path file : filesUnder(PROJECT)) {
            String text = Files.readString(file);
            if (file.toString().endsWith(".java")) {
                Matcher names = NAME.matcher(text);
                while (names.find()) {
                    ids.add(names.group(1).toUpperCase(Locale.ROOT).replace('_', '-'));
                }
                TAG.matcher(text).results().forEach(tag -> ids.add(tag.group(1)));
            } else {
                COVERS.matcher(text)
                        .results()
                        .flatMap(list -> ID.matcher(list.group(1)).results())
                        .forEach(id -> ids.add(id.group()));
            }
        }
        return ids;
    }

    /** Sources and vectors of all modules. */
    private static List<Path> filesUnder(Path project) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> modules = Files.newDirectoryStream(project)) {
            for (Path module : modules) {
                Path sources = module.resolve("src");
                if (Files.isDirectory(sources)) {
                    try (Stream<Path> all = Files.walk(sources)) {
                        all.filter(IdCoverageTest::tells).forEach(files::add);
                    }
                }
            }
        }
        return files;
    }

    private static boolean tells(Path file) {
        return file.toString().endsWith("Test.java")
                || file.getFileName().toString().equals("vectors.jsonl");
    }
}
