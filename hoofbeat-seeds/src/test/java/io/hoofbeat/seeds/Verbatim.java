/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.seeds;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A listing beside the file of ours in which it stands. What is ours there is marked: a line by {@code // added}, several by
 * {@code // <added>} and {@code // </added>}; where the text does not compile, the line ends with {@code was:} and what the text has.
 */
final class Verbatim {
    private static final Pattern REPAIRED = Pattern.compile("(\\s*).*?(?://|<!--)(?: repaired,)? was: (.*?)(?: -->)?");
    private static final Pattern AROUND = Pattern.compile("(package|import) .*|/\\* .* \\*/|// SPDX.*|");

    private final List<String> listing;
    private final List<String> source;

    private Verbatim(List<String> listing, List<String> source) {
        this.listing = listing;
        this.source = source;
    }

    static Verbatim of(Listing.Copy copy) throws IOException {
        return new Verbatim(
                lines(Clients.text(copy.listing()).lines().toList()), Files.readAllLines(Path.of("..", copy.source())));
    }

    /** How a listing stands in our sources, in a word. */
    static String state(Listing listing) throws IOException {
        if (listing.copies().isEmpty()) {
            return listing.name().startsWith("the same") ? "sent, corrected" : "sent as it is";
        }
        for (Listing.Copy copy : listing.copies()) {
            if (of(copy).isRepaired()) {
                return "repaired";
            }
        }
        return "verbatim";
    }

    boolean isRepaired() {
        return source.stream().anyMatch(line -> REPAIRED.matcher(line).matches());
    }

    List<String> listing() {
        return listing;
    }

    /** Our file without what was added, and before it was repaired; what stands around the listing, too, is left out. */
    List<String> original() {
        List<String> lines = new ArrayList<>();
        boolean added = false;
        for (String line : source) {
            String text = line.strip();
            if (text.equals("// <added>")) {
                added = true;
            } else if (text.equals("// </added>")) {
                added = false;
            } else if (!added && !text.endsWith("// added")) {
                lines.add(before(line));
            }
        }
        lines.removeIf(line -> AROUND.matcher(line.strip()).matches() && !listing.contains(line.strip()));
        return lines(lines);
    }

    /** Our file before it was repaired, all of it: for what is a part of something that had to be added. */
    String whole() {
        return String.join(
                "\n",
                source.stream()
                        .map(Verbatim::before)
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .toList());
    }

    String wanted() {
        return String.join("\n", listing.stream().map(String::strip).toList());
    }

    private static String before(String line) {
        Matcher repaired = REPAIRED.matcher(line);
        return repaired.matches() ? repaired.group(1) + repaired.group(2) : line;
    }

    /** Without empty lines, and without the margin that all lines have. */
    private static List<String> lines(List<String> lines) {
        String text =
                String.join("\n", lines.stream().filter(line -> !line.isBlank()).toList());
        return text.stripIndent().lines().toList();
    }
}
