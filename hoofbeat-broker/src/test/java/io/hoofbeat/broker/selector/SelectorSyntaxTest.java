/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.hoofbeat.protocol.Headers;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no selector, and how that is said. */
class SelectorSyntaxTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "a =                     | 4  | a name, a literal or (, found the end",
                "a = = 1                 | 5  | a name, a literal or (, found =",
                "a <= >= 1               | 6  | a name, a literal or (, found >=",
                "AND a                   | 1  | a name, a literal or (, found AND",
                "a AND                   | 6  | a name, a literal or (, found the end",
                "a and or b              | 7  | a name, a literal or (, found or",
                "a = NULL                | 5  | a name, a literal or (, found NULL",
                "NOT                     | 4  | a name, a literal or (, found the end",
                "()                      | 2  | a name, a literal or (, found )",
                "a b                     | 3  | an operator or the end, found a name",
                "a = 1)                  | 6  | an operator or the end, found )",
                "a = 1 = 2               | 7  | an operator or the end, found =",
                "a = 'x' 'y'             | 9  | an operator or the end, found a text",
                "a 5                     | 3  | an operator or the end, found a number",
                "(a = 1                  | 7  | an operator or ), found the end",
                "((a = 1) b)             | 10 | an operator or ), found a name",
                "a IS 5                  | 6  | NULL, found a number",
                "a IS NOT TRUE           | 10 | NULL, found TRUE",
                "a + 1 IS NULL           | 1  | a name",
                "b AND 'a' IS NULL       | 7  | a name",
                "a NOT = 5               | 7  | BETWEEN, IN or LIKE, found =",
                "a BETWEEN 1 5           | 13 | AND, found a number",
                "a BETWEEN 'x' AND 5     | 11 | a number or a name",
                "a BETWEEN 1 AND 'x'     | 17 | a number or a name",
                "'x' BETWEEN 1 AND 2     | 1  | a number or a name",
                "a IN 'x'                | 6  | (, found a text",
                "a IN ()                 | 7  | a text in quotes, found )",
                "a IN (5)                | 7  | a text in quotes, found a number",
                "a IN ('x',)             | 11 | a text in quotes, found )",
                "a IN ('x' 'y')          | 11 | , or ), found a text",
                "1 IN ('x')              | 1  | a name",
                "a LIKE 5                | 8  | a text in quotes, found a number",
                "a LIKE b                | 8  | a text in quotes, found a name",
                "'a' LIKE 'a'            | 1  | a name",
                "a LIKE 'x' ESCAPE       | 18 | a text in quotes, found the end",
                "a LIKE 'x' ESCAPE '!!'  | 19 | one character in quotes",
                "a LIKE 'x' ESCAPE ''    | 19 | one character in quotes",
                "a LIKE 'x!' ESCAPE '!'  | 8  | a pattern which does not end with its escape",
                "a = 'x                  | 5  | a text with a closing quote",
                "a = 'it''               | 5  | a text with a closing quote",
                "\"a = 5                 | 1  | a name with a closing quote",
                "a != 5                  | 3  | a name, a literal or an operator",
                "a = 5 % 2               | 7  | a name, a literal or an operator",
                "a : b                   | 3  | a name, a literal or an operator",
                "a = \\                  | 5  | a name, a literal or an operator",
                "a > 'x'                 | 5  | a number or a name",
                "'x' < a                 | 1  | a number or a name",
                "a > TRUE                | 5  | a number or a name",
                "'5' = 5                 | 1  | a number or a name",
                "5 = '5'                 | 5  | a number or a name",
                "a + 'x' = 5             | 5  | a number or a name",
                "a * TRUE = 5            | 5  | a number or a name",
                "-'x' = 5                | 2  | a number or a name",
                "a = (b = 5)             | 5  | a number or a name",
                "5 = TRUE                | 1  | a name, TRUE or FALSE",
                "TRUE = 'x'              | 8  | a name, TRUE or FALSE",
                "5                       | 1  | a condition and not just a value",
                "a AND 5                 | 7  | a condition and not just a value",
                "a OR 'x'                | 6  | a condition and not just a value",
                "NOT a + 1               | 5  | a condition and not just a value",
                "a = 12ab                | 5  | a number in decimal digits",
                "a = 0x10                | 5  | a number in decimal digits",
                "a = 1.5.5               | 5  | a number in decimal digits",
                "a = 5e                  | 5  | a number in decimal digits",
                "a = 010                 | 5  | a number without leading zero, which Java takes for octal",
                "a = 9223372036854775808 | 5  | a number in the range of 64 bits",
                "a =-9223372036854775809 | 5  | a number in the range of 64 bits",
                "a = 1e309               | 5  | a number in the range of 64 bits",
                "hyphenated_props:a = =  | 22 | a name, a literal or (, found =",
            })
    void anErrorNamesTheColumnAndWhatWasExpected(String text, int column, String expected) {
        assertThatThrownBy(() -> Selector.parse(text))
                .isInstanceOf(SelectorException.class)
                .hasMessage("selector column " + column + ", expected " + expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a = 'unended:\\\r\n",
                ":\r\n\\",
                "a : b",
                "a = 9999999999999999999999999999999999999999999999999999999999999999999999",
                "é ß",
                "😀",
                "a\0b",
            })
    void anErrorIsShortPlainTextWhateverTheSelectorSays(String text) {
        assertPlain(catchThrowable(() -> Selector.parse(text)));
    }

    private static void assertPlain(Throwable error) {
        assertThat(error).isInstanceOf(SelectorException.class);
        assertThat(error.getMessage()).hasSizeLessThanOrEqualTo(120).matches("[ -~&&[^:\\\\]]+");
    }

    @Test
    void whateverIsWrittenIsReadOrRefused() {
        Random random = new Random(20261121);
        String[] pieces = {
            "a", "b-c", "5", "1.5", "'x'", "\"q\"", "=", "<>", "<", ">=", "+", "-", "*", "/", "(", ")", ",", "AND",
            "OR", "NOT", "BETWEEN", "IN", "LIKE", "IS", "NULL", "TRUE", "ESCAPE", "'", "\"", ".", ":", "\\", "\n", "😀",
            "0", "e"
        };
        Headers headers = Headers.of("a", "5", "b-c", "x", "q", "true");
        int read = 0;
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(8) + 1; length > 0; length--) {
                text.append(pieces[random.nextInt(pieces.length)]).append(random.nextInt(3) == 0 ? "" : " ");
            }
            try {
                Selector.parse(text.toString()).matches(headers);
                read++;
            } catch (SelectorException e) {
                assertPlain(e);
            }
        }
        assertThat(read).isGreaterThan(250);
    }

    @Test
    @Tag("F18")
    void fourKibibytesAreTheLimit() {
        String longest = "a = '" + "é".repeat(2045) + "'";
        assertThat(Selector.parse(longest.replaceFirst("é", "")).matches(Headers.of("a", "é".repeat(2044))))
                .isTrue();
        assertThatCode(() -> Selector.parse(longest)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Selector.parse(longest + " "))
                .isInstanceOf(SelectorException.class)
                .hasMessage("selector of 4097 octets is too long (limit 4096)");
        assertThatThrownBy(() -> Selector.parse("a".repeat(1024 * 1024)))
                .isInstanceOf(SelectorException.class)
                .hasMessage("selector of 1048576 octets is too long (limit 4096)");
    }

    @Test
    @Tag("F18")
    void thirtyTwoNestedParenthesesAreTheLimit() {
        assertThat(nested(32, "(", "a", ")").matches(Headers.of("a", "true"))).isTrue();
        assertThat(nested(32, "NOT (", "a", ")").matches(Headers.of("a", "true")))
                .isTrue();
        assertThat(nested(32, "(", "a", " + 1)", " = 33").matches(Headers.of("a", "1")))
                .isTrue();
        assertThatThrownBy(() -> nested(33, "(", "a", ")"))
                .isInstanceOf(SelectorException.class)
                .hasMessage("selector column 33, expected at most 32 nested parentheses");
        assertThatThrownBy(() -> nested(2000, "(", "a", ")"))
                .isInstanceOf(SelectorException.class)
                .hasMessage("selector column 33, expected at most 32 nested parentheses");
        assertThatThrownBy(() -> nested(10_000, "(", "a", ")"))
                .isInstanceOf(SelectorException.class)
                .hasMessage("selector of 20001 octets is too long (limit 4096)");
        assertThatThrownBy(() -> Selector.parse("-(".repeat(33)))
                .isInstanceOf(SelectorException.class)
                .hasMessageStartingWith("selector column 66,");
    }

    private static Selector nested(int depth, String open, String inside, String close) {
        return nested(depth, open, inside, close, "");
    }

    private static Selector nested(int depth, String open, String inside, String close, String behind) {
        return Selector.parse(open.repeat(depth) + inside + close.repeat(depth) + behind);
    }

    @Test
    @Tag("F18")
    void parenthesesSideBySideAreNotNested() {
        String text = "(a)" + " AND (a)".repeat(500);
        assertThat(Selector.parse(text).matches(Headers.of("a", "true"))).isTrue();
    }

    @ParameterizedTest
    @Tag("F18")
    @CsvSource({"'',OR a,a", "'',AND a,a", "NOT ,'',a", "-,'',a=5", "+,'',a=5", "'',+ 0,5=a", "'',* 1,5=a"})
    void chainsAreFlatHoweverLong(String before, String after, String inside) {
        int links = 560;
        Selector selector = Selector.parse((before + " ").repeat(links) + inside + (" " + after).repeat(links));
        assertThat(selector.matches(Headers.of("a", inside.equals("a") ? "true" : "5")))
                .isTrue();
    }

    @Test
    @Tag("F18")
    void twoHundredAndFiftySixTextsAreTheLimitOfIn() {
        String list = IntStream.range(0, 256).mapToObj(i -> "'" + i + "'").collect(Collectors.joining(","));
        assertThat(Selector.parse("a IN (" + list + ")").matches(Headers.of("a", "255")))
                .isTrue();
        assertThatThrownBy(() -> Selector.parse("a IN (" + list + ",'256')"))
                .isInstanceOf(SelectorException.class)
                .hasMessage("selector column " + (7 + list.length() + 1) + ", expected a list of at most 256 texts");
    }
}
