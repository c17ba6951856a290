/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hoofbeat.protocol.Headers;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LikePatternTest {

    @ParameterizedTest
    @CsvSource({
        "abc, abc, true",
        "abc, abcd, false",
        "abc, ab, false",
        "abc, ABC, false",
        "'', '', true",
        "'', a, false",
        "%, '', true",
        "%, abc, true",
        "%%, abc, true",
        "_, a, true",
        "_, '', false",
        "_, ab, false",
        "_, 😀, true",
        "__, 😀, false",
        "_%, '', false",
        "%_, a, true",
        "%__, a, false",
        "a%, abc, true",
        "a%, a, true",
        "a%, ba, false",
        "%c, abc, true",
        "%c, abcd, false",
        "%b%, abc, true",
        "%b%, b, true",
        "%d%, abc, false",
        "a%c, ac, true",
        "a%a, a, false",
        "ab%bc, abc, false",
        "ab%bc, abbc, true",
        "a%b%c, a-b-b-c, true",
        "a%bb%c, a-b-b-c, false",
        "%ab%ab%, ab-ab, true",
        "%ab%ab%, aab, false",
        "%aab%, aaab, true",
        "%a_c%, xabaacx, true",
        "%a_c%, xabbcx, false",
        "%_b%, b, false",
        "%_b%, ab, true",
        "%b_%, b, false",
        "12%3, 12993, true",
        "12%3, 1234, false",
        "l_se, lose, true",
        "l_se, loose, false",
        "a.*, axx, false",
        "(%[%, ([a, true",
    })
    void percentIsAnyTextAndUnderscoreAnyCharacter(String pattern, String value, boolean matches) {
        Selector like = Selector.parse("a LIKE '" + pattern + "'");
        Selector notLike = Selector.parse("a NOT LIKE '" + pattern + "'");
        Headers headers = Headers.of("a", value);
        assertThat(like.matches(headers)).isEqualTo(matches);
        assertThat(notLike.matches(headers)).isEqualTo(!matches);
    }

    @ParameterizedTest
    @CsvSource({
        "!_%, _a, true",
        "!_%, ba, false",
        "%!%%, 50% off, true",
        "%!%%, 50 off, false",
        "%!%, 50%, true",
        "!!_, !a, true",
        "!a!b, ab, true",
    })
    void anEscapeTakesTheMeaningFromTheCharacterBehind(String pattern, String value, boolean matches) {
        assertThat(Selector.parse("a LIKE '" + pattern + "' ESCAPE '!'").matches(Headers.of("a", value)))
                .isEqualTo(matches);
    }

    @Test
    void anEscapeMayBeAnyCharacter() {
        assertThat(Selector.parse("a LIKE '\\_%' ESCAPE '\\'").matches(Headers.of("a", "_b")))
                .isTrue();
        assertThat(Selector.parse("a LIKE '''%x' ESCAPE ''''").matches(Headers.of("a", "%x")))
                .isTrue();
        assertThat(Selector.parse("a LIKE '😀%' ESCAPE '😀'").matches(Headers.of("a", "%")))
                .isTrue();
    }

    @Test
    void aMissingHeaderIsNeitherLikeNorUnlike() {
        assertThat(Selector.parse("a LIKE '%'").matches(Headers.EMPTY)).isFalse();
        assertThat(Selector.parse("a NOT LIKE '%'").matches(Headers.EMPTY)).isFalse();
        assertThat(Selector.parse("NOT a LIKE '%'").matches(Headers.EMPTY)).isFalse();
    }

    @Test
    void agreesWithARegularExpression() {
        Random random = new Random(20261121);
        int matching = 0;
        for (int i = 0; i < 200_000; i++) {
            String pattern = text(random, "ab_%%", 9);
            String value = text(random, "aab", 12);
            String regex = pattern.replace("_", ".").replace("%", ".*");
            boolean expected = Pattern.matches(regex, value);
            matching += expected ? 1 : 0;
            assertThat(LikePattern.parse(pattern, -1, 1).matches(value))
                    .as("'%s' LIKE '%s'", value, pattern)
                    .isEqualTo(expected);
        }
        assertThat(matching).isBetween(10_000, 190_000);
    }

    private static String text(Random random, String alphabet, int longest) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(longest + 1); i > 0; i--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    /** A backtracking match would take more steps than there are atoms; this takes one for each character. */
    @Test
    @Tag("F18")
    void oneHundredThousandMessagesPassTheWorstPattern() {
        Selector selector = Selector.parse("a LIKE '" + "%a".repeat(1000) + "%%%b'");
        Headers longValue = Headers.of("a", "a".repeat(2000));
        Headers match = Headers.of("a", "a".repeat(2000) + "b");
        int matching = 0;
        for (int i = 0; i < 50_000; i++) {
            matching += selector.matches(longValue) ? 1 : 0;
            matching += selector.matches(match) ? 1 : 0;
        }
        assertThat(matching).isEqualTo(50_000);
    }

    /** What costs a search from each place the length of the run: here it costs one step for each character all the same. */
    @Test
    @Tag("F18")
    void aRunThatAlmostMatchesEverywhereIsNoWorse() {
        Selector selector = Selector.parse("a LIKE '%" + "a".repeat(31) + "_" + "a".repeat(31) + "b%'");
        String almost = "a".repeat(16_000);
        assertThat(selector.matches(Headers.of("a", almost))).isFalse();
        assertThat(selector.matches(Headers.of("a", almost + "b"))).isTrue();
        assertThat(selector.matches(Headers.of("a", "a".repeat(62) + "b"))).isFalse();
    }

    @Test
    @Tag("F18")
    void sixtyFourCharactersBetweenTwoPercentSignsAreTheLimit() {
        String run = "ab".repeat(31) + "_c";
        assertThat(Selector.parse("a LIKE '%" + run + "%'").matches(Headers.of("a", "xab" + run + "x")))
                .isTrue();
        assertThat(Selector.parse("a LIKE '%" + run + "%'").matches(Headers.of("a", "x" + run.substring(1))))
                .isFalse();
        assertThatThrownBy(() -> Selector.parse("a LIKE '%" + run + "d%'"))
                .isInstanceOf(SelectorException.class)
                .hasMessage("selector column 8, expected at most 64 characters between two % of a pattern");
        assertThat(Selector.parse("a LIKE '" + run.repeat(10) + "%" + run.repeat(10) + "'")
                        .matches(Headers.of("a", run.repeat(20))))
                .isTrue();
    }
}
