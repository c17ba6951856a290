/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.tools.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.tools.peers.Results.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** docs/CONFORMANCE.md. */
final class Report {
    private static final Path CHECKLIST = Path.of("hoofbeat-test/src/test/resources/io/hoofbeat/test/checklist.txt");
    private static final Path INTRODUCTION = Path.of("tools/conformance-peers/introduction.md");
    private static final Path SECTIONS = Path.of("tools/conformance-peers/sections.txt");
    private static final Path REASONS = Path.of("tools/conformance-peers/reasons.txt");

    private final Map<String, Results> results;

    /** Section to its ids, parts A and C only. */
    private final Map<String, List<String>> sections = new LinkedHashMap<>();

    private final Map<String, String> titles = new LinkedHashMap<>();
    private final Map<String, String> subjects = new LinkedHashMap<>();

    Report(Map<String, Results> results) throws IOException {
        this.results = results;
        for (String line : Files.readAllLines(CHECKLIST, UTF_8)) {
            String[] parts = line.split(" \\| ", 3);
            if (parts.length == 3 && parts[1].matches("[AC][0-9]+")) {
                sections.computeIfAbsent(parts[1], key -> new ArrayList<>()).add(parts[0]);
                titles.put(parts[0], parts[2]);
            }
        }

        for (String line : Files.readAllLines(SECTIONS, UTF_8)) {
            String[] parts = line.split(" \\| ", 2);
            subjects.put(parts[0], parts[1]);
        }
    }

    String text() throws IOException {
        StringBuilder text = new StringBuilder(Files.readString(INTRODUCTION, UTF_8));
        text.append("\n## The specifications (ids S10-, S11-, S12-)\n\n");
        table(text, false);
        text.append("\n## Our choices where they are silent (ids SX-)\n\n");
        table(text, true);
        for (Map.Entry<String, Results> broker : results.entrySet()) {
            reasons(text, broker.getKey(), broker.getValue());
        }
        return text.toString();
    }

    private void table(StringBuilder text, boolean choices) {
        text.append("| section |");
        results.keySet().forEach(name -> text.append(' ').append(name).append(" |"));
        text.append("\n|---|").append("---|".repeat(results.size())).append('\n');
        Set<String> all = new LinkedHashSet<>();
        for (Map.Entry<String, List<String>> section : sections.entrySet()) {
            List<String> ids = section.getValue().stream()
                    .filter(id -> id.startsWith("SX-") == choices && isTested(id))
                    .toList();
            if (!ids.isEmpty()) {
                all.addAll(ids);
                row(text, subjects.get(section.getKey()) + " (" + ids.size() + ")", ids, "");
            }
        }
        row(text, "**all (" + all.size() + ")**", all, "**");
    }

    private void row(StringBuilder text, String head, Iterable<String> ids, String mark) {
        text.append("| ").append(head).append(" |");
        for (Results broker : results.values()) {
            int passed = 0;
            int partly = 0;
            int applicable = 0;
            for (String id : ids) {
                Outcome outcome = broker.outcome(id);
                passed += outcome == Outcome.PASSED ? 1 : 0;
                partly += outcome == Outcome.IN_PART ? 1 : 0;
                applicable += outcome == Outcome.NOT_APPLICABLE ? 0 : 1;
            }
            text.append(' ')
                    .append(mark)
                    .append(passed)
                    .append(" of ")
                    .append(applicable)
                    .append(mark);
            text.append(partly == 0 ? "" : ", " + partly + " in part").append(" |");
        }
        text.append('\n');
    }

    private boolean isTested(String id) {
        return results.values().stream().anyMatch(broker -> broker.isKnown(id));
    }

    private void reasons(StringBuilder text, String name, Results broker) throws IOException {
        Set<String> open = new LinkedHashSet<>();
        for (String id : titles.keySet()) {
            if (broker.outcome(id) == Outcome.FAILED || broker.outcome(id) == Outcome.IN_PART) {
                open.add(id);
            }
        }
        text.append("\n## ")
                .append(name)
                .append("\n\n")
                .append(broker.summary())
                .append(".\n");
        if (open.isEmpty()) {
            return;
        }
        text.append("\n| what is different | requirements |\n|---|---|\n");
        for (String line : Files.readAllLines(REASONS, UTF_8)) {
            String[] parts = line.split(" \\| ", 3);
            if (parts.length == 3 && name.startsWith(parts[0])) {
                List<String> here = new ArrayList<>();
                for (String id : parts[1].split(" ")) {
                    if (open.remove(id)) {
                        here.add(id);
                    }
                }
                if (!here.isEmpty()) {
                    text.append("| ")
                            .append(parts[2])
                            .append(" | ")
                            .append(String.join(" ", here))
                            .append(" |\n");
                }
            }
        }
        for (String id : open) {
            text.append("| ").append(titles.get(id)).append(" | ").append(id).append(" |\n");
        }
        open.forEach(id -> System.out.println(name + "\t" + id + "\t" + titles.get(id) + "\t" + broker.why(id)));
    }
}
