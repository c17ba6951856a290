/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationPatternTest {

    @ParameterizedTest
    @ValueSource(strings = {"*", "**", ">", "#", "/topic/*", "/topic/**/a", "a.>", "a.#", "#/a", "/topic/a.*", "*/"})
    void aWholeSegmentIsAWildcard(String text) {
        assertThat(DestinationPattern.isPattern(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "/topic/a", "/topic/a*", "/topic/*a.b", "/topic/***", "a>b", ">>", "##", "/t/a#1", "?"})
    void aPartOfASegmentIsNoWildcard(String text) {
        assertThat(DestinationPattern.isPattern(text)).isFalse();
        assertThat(DestinationPattern.of(text).matches(text)).isTrue();
        assertThat(DestinationPattern.of(text).matches(text + "x")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/topic/*, /topic/a, true",
        "/topic/*, /topic/, true",
        "/topic/*, /topic, false",
        "/topic/*, /topic/a/b, false",
        "/topic/*, /topic/a.b, false",
        "/topic/*, /queue/a, false",
        "/topic/*.*, /topic/a.b, true",
        "/topic/*.*, /topic/a/b, true",
        "/topic/*/b, /topic/a/b, true",
        "/topic/*/b, /topic/a/c, false",
        "/*/a, /topic/a, true",
        "*/topic/a, /topic/a, true",
        "*, a, true",
        "*, /a, false",
        "/*, /a, true",
        "a.*.c, a.b.c, true",
        "a.*.c, a.bc, false",
        "a.*.c, a.b.cc, false",
    })
    void aStarIsExactlyOneSegment(String pattern, String destination, boolean matches) {
        assertThat(DestinationPattern.of(pattern).matches(destination)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({
        "/topic/**, /topic, true",
        "/topic/**, /topic/, true",
        "/topic/**, /topic/a, true",
        "/topic/**, /topic/a.b/c.d, true",
        "/topic/**, /topics/a, false",
        "/topic/**, topic/a, false",
        "/topic/**, /queue/topic/a, false",
        "**, '', true",
        "**, /topic/a, true",
        "**, a.b.c, true",
        "**/a, a, true",
        "**/a, /a, true",
        "**/a, /topic/b/a, true",
        "**/a, /topic/a/b, false",
        "/topic/**/z, /topic/z, true",
        "/topic/**/z, /topic/a/b/z, true",
        "/topic/**/z, /topic/a/z/b, false",
        "/topic/**/z, /topic/z/z/z, true",
        "/topic/**/b/**/d, /topic/a/b/c/d, true",
        "/topic/**/b/**/d, /topic/b/d, true",
        "/topic/**/b/**/d, /topic/b/b/d/e/d, true",
        "/topic/**/b/**/d, /topic/d/b, false",
        "/topic/**/*, /topic, false",
        "/topic/**/*, /topic/a, true",
        "/topic/*/**, /topic, false",
        "/topic/*/**, /topic/a/b, true",
        "/topic/**/**, /topic, true",
        "/topic/**/a/*, /topic/a/a/b, true",
        "/topic/**/a/*, /topic/a/b/a, false",
    })
    void aWildcardForManyIsAnyNumberOfSegmentsAnywhere(String pattern, String destination, boolean matches) {
        for (String many : List.of("**", ">", "#")) {
            assertThat(DestinationPattern.of(pattern.replace("**", many)).matches(destination))
                    .as(many)
                    .isEqualTo(matches);
        }
    }

    @ParameterizedTest
    @CsvSource({"/topic/a.b, /topic.a/b, true", "/topic/a, /topic/A, false", "/topic/é.*, /topic/é.a, true"})
    void separatorsCountAlikeAndLettersDoNot(String pattern, String destination, boolean matches) {
        assertThat(DestinationPattern.of(pattern).matches(destination)).isEqualTo(matches);
    }

    @Test
    @Tag("F8")
    void thirtyTwoLevelsAreTheLimit() {
        String atTheLimit = "/topic" + "/*".repeat(31);
        assertThat(DestinationPattern.of(atTheLimit).matches("/topic" + "/a".repeat(31)))
                .isTrue();
        assertThat(DestinationPattern.of(atTheLimit).matches("/topic" + "/a".repeat(30)))
                .isFalse();
        assertThatThrownBy(() -> DestinationPattern.of(atTheLimit + "/*"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("destination pattern of 33 levels is too deep (limit 32)");
        assertThatThrownBy(() -> DestinationPattern.of("/topic" + "/*".repeat(63)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("64 levels")
                .hasMessageContaining("limit 32");
        assertThatThrownBy(() -> DestinationPattern.of("**" + "/**".repeat(32)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("33 levels");
    }

    @Test
    @Tag("F8")
    void oneThousandAndTwentyFourOctetsAreTheLimit() {
        assertThat(DestinationPattern.of("é".repeat(512)).text()).hasSize(512);
        assertThatThrownBy(() -> DestinationPattern.of("é".repeat(512) + "*"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("destination pattern of 1025 octets is too long (limit 1024)");
    }

    @Test
    @Tag("F8")
    void aDestinationOfSixtyFourLevelsIsMatched() {
        String deep = "/topic" + "/a".repeat(63);
        assertThat(DestinationPattern.of("/topic/>").matches(deep)).isTrue();
        assertThat(DestinationPattern.of("/topic" + "/**/a".repeat(15) + "/**").matches(deep))
                .isTrue();
        assertThat(DestinationPattern.of("/topic" + "/**/a".repeat(15) + "/b").matches(deep))
                .isFalse();
    }

    /** With a backtrack for every wildcard this would take 4096 over 15 steps and never end. */
    @Test
    @Tag("F8")
    void manyWildcardsOverALongDestinationNeedNoSearch() {
        String longest = "/topic" + "/a".repeat(4096);
        DestinationPattern pattern = DestinationPattern.of("/topic" + "/**/a".repeat(15) + "/b");
        for (int i = 0; i < 1000; i++) {
            assertThat(pattern.matches(longest)).isFalse();
        }
        assertThat(pattern.matches(longest + "/b")).isTrue();
    }

    @Test
    @Tag("F8")
    void tenThousandOverlappingPatternsMatchAsTheyDoAlone() {
        List<DestinationPattern> patterns = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            patterns.add(DestinationPattern.of("/topic/**/" + i % 100 + "/**/" + i / 100 + "/>"));
        }
        long matching = patterns.stream()
                .filter(pattern -> pattern.matches("/topic/a.b.17.c/d/42/e"))
                .count();
        assertThat(matching).isEqualTo(1);
        assertThat(patterns.get(42 * 100 + 17).matches("/topic/a.b.17.c/d/42/e"))
                .isTrue();
    }

    @Test
    void agreesWithASearchThatTriesEverything() {
        Random random = new Random(20261121);
        String[] patternSegments = {"", "a", "b", "*", "**", ">", "#"};
        String[] segments = {"", "a", "b"};
        int matching = 0;
        for (int i = 0; i < 100_000; i++) {
            String pattern = join(random, patternSegments, 6);
            String destination = join(random, segments, 7);
            boolean expected = search(pattern.split("[./]", -1), 0, destination.split("[./]", -1), 0);
            matching += expected ? 1 : 0;
            assertThat(DestinationPattern.of(pattern).matches(destination))
                    .as("%s on %s", pattern, destination)
                    .isEqualTo(expected);
        }
        assertThat(matching).isBetween(10_000, 90_000);
    }

    private static String join(Random random, String[] segments, int most) {
        StringBuilder text = new StringBuilder(segments[random.nextInt(segments.length)]);
        for (int i = random.nextInt(most); i > 0; i--) {
            text.append(random.nextBoolean() ? '.' : '/').append(segments[random.nextInt(segments.length)]);
        }
        return text.toString();
    }

    private static boolean search(String[] pattern, int p, String[] destination, int d) {
        if (p == pattern.length) {
            return d == destination.length;
        }
        if (List.of("**", ">", "#").contains(pattern[p])) {
            return search(pattern, p + 1, destination, d)
                    || (d < destination.length && search(pattern, p, destination, d + 1));
        }
        return d < destination.length
                && (pattern[p].equals("*") || pattern[p].equals(destination[d]))
                && search(pattern, p + 1, destination, d + 1);
    }

    @Test
    void patternsAreEqualByTheirText() {
        assertThat(DestinationPattern.of("/topic/>"))
                .isEqualTo(DestinationPattern.of("/topic/>"))
                .hasSameHashCodeAs(DestinationPattern.of("/topic/>"))
                .hasToString("/topic/>")
                .isNotEqualTo(DestinationPattern.of("/topic/**"));
    }

    @Test
    void wildcardsAreOneLanguageOfMatchers() {
        DestinationMatcher matcher = DestinationMatcher.WILDCARDS;
        assertThat(matcher.isPattern("/topic/*")).isTrue();
        assertThat(matcher.isPattern("/topic/a")).isFalse();
        Predicate<String> predicate = matcher.compile("/topic/*");
        assertThat(predicate.test("/topic/a")).isTrue();
        assertThat(predicate.test("/queue/a")).isFalse();
        assertThatThrownBy(() -> matcher.compile(".".repeat(40))).isInstanceOf(IllegalArgumentException.class);
    }
}
