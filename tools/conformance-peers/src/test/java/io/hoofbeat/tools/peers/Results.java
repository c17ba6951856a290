/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.tools.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What came of the suite against one broker, by requirement. */
final class Results {
    private static final Pattern NAME = Pattern.compile("((?:s1[012]|sx)_[a-z]+_[0-9]+)_.*");

    /** What became of a requirement, over all its tests, transports and versions. */
    enum Outcome {
        PASSED,
        /** Some of its tests passed. */
        IN_PART,
        FAILED,
        /** Its tests need a server with certain settings. */
        NOT_APPLICABLE
    }

    private final Map<String, int[]> counts = new TreeMap<>(); // passed, failed
    private final Map<String, String> whys = new TreeMap<>();
    private final Set<String> seen = new HashSet<>();
    private int passed;
    private int failed;
    private int notApplicable;

    static Results read(Path file) throws IOException {
        Results results = new Results();
        for (String line : Files.readAllLines(file, UTF_8)) {
            results.add(line.split("\t", 5));
        }
        return results;
    }

    private void add(String[] fields) {
        List<String> ids = new ArrayList<>();
        Matcher name = NAME.matcher(fields[0]);
        if (name.matches()) {
            ids.add(name.group(1).toUpperCase(Locale.ROOT).replace('_', '-'));
        }
        boolean choice = fields[0].startsWith("sx");
        for (String tag : fields[1].split(",")) {
            // What a test of a choice proves beside it may go beyond the specification.
            if (tag.startsWith("SX-") || (tag.startsWith("S") && !choice)) {
                ids.add(tag);
            }
        }
        switch (fields[3]) {
            case "SUCCESSFUL" -> passed++;
            case "FAILED" -> failed++;
            default -> notApplicable++;
        }
        for (String id : ids) {
            seen.add(id);
            int[] count = counts.computeIfAbsent(id, key -> new int[2]);
            if (fields[3].equals("SUCCESSFUL")) {
                count[0]++;
            } else if (fields[3].equals("FAILED")) {
                count[1]++;
                whys.putIfAbsent(id, fields[0] + " " + fields[2] + ": " + fields[4]);
            }
        }
    }

    Outcome outcome(String id) {
        int[] count = counts.get(id);
        if (count == null || count[0] + count[1] == 0) {
            return Outcome.NOT_APPLICABLE;
        }
        return count[1] == 0 ? Outcome.PASSED : count[0] == 0 ? Outcome.FAILED : Outcome.IN_PART;
    }

    /** Whether there is a test for it at all; the vectors prove some by themselves. */
    boolean isKnown(String id) {
        return seen.contains(id);
    }

    /** The first failure of that requirement. */
    String why(String id) {
        return whys.getOrDefault(id, "");
    }

    String summary() {
        return passed + " tests passed, " + failed + " failed, " + notApplicable + " not applicable";
    }
}
