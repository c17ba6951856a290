/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.selector;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.protocol.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorTest {

    /** What the selectors of the tables below are asked about. */
    private static final Headers HEADERS = Headers.builder()
            .add("colour", "red")
            .add("empty", "")
            .add("quote", "it's")
            .add("five", "5")
            .add("three", "3")
            .add("half", "0.5")
            .add("minus", "-7")
            .add("padded", " 5 ")
            .add("million", "1e6")
            .add("yes", "true")
            .add("no", "False")
            .add("content-type", "text/plain")
            .add("x-b3-trace_id", "b3")
            .add("a.b", "dotted")
            .add("reply to", "blank")
            .add("five-three", "hyphenated")
            .add("in-reply-to", "keyword")
            .add("largest", "9223372036854775807")
            .add("beyond", "9223372036854775808")
            .add("huge", "1e400")
            .add("not a number", "NaN")
            .add("nan", "NaN")
            .add("infinity", "Infinity")
            .add("hexadecimal", "0x10")
            .add("suffixed", "5d")
            .add("long", "0".repeat(64) + "5")
            .add("größe", "42")
            .add("colour", "second")
            .build();

    private static Truth truth(String selector) {
        boolean matches = Selector.parse(selector).matches(HEADERS);
        boolean negated = Selector.parse("NOT (" + selector + ")").matches(HEADERS);
        assertThat(matches && negated).as(selector).isFalse();
        return matches ? Truth.TRUE : negated ? Truth.FALSE : Truth.UNKNOWN;
    }

    @Test
    void s10_sub_9_aSelectorFiltersOnHeaders() {
        Selector selector = Selector.parse("colour = 'red'");
        assertThat(selector.matches(Headers.of("colour", "red"))).isTrue();
        assertThat(selector.matches(Headers.of("colour", "blue"))).isFalse();
        assertThat(selector.matches(Headers.EMPTY)).isFalse();
        assertThat(selector).hasToString("colour = 'red'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\r\n"})
    void aBlankSelectorSelectsEverything(String text) {
        assertThat(Selector.parse(text).matches(Headers.EMPTY)).isTrue();
        assertThat(Selector.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "colour = 'red'       | TRUE",
                "colour = 'Red'       | FALSE",
                "colour <> 'red'      | FALSE",
                "colour <> 'blue'     | TRUE",
                "'red' = colour       | TRUE",
                "colour='red'         | TRUE",
                "Colour = 'red'       | UNKNOWN",
                "colour = colour      | TRUE",
                "colour = five        | FALSE",
                "colour = missing     | UNKNOWN",
                "missing = missing    | UNKNOWN",
                "missing <> 'red'     | UNKNOWN",
                "empty = ''           | TRUE",
                "quote = 'it''s'      | TRUE",
                "''''  = 'it''s'      | FALSE",
                "five = '5'           | TRUE",
                "five = '5.0'         | FALSE",
            })
    void textsAreEqualOrNot(String selector, Truth expected) {
        assertThat(truth(selector)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "five = 5, TRUE",
        "five = 5.0, TRUE",
        "five = 5L, TRUE",
        "five = 5e0, TRUE",
        "five = 50E-1d, TRUE",
        "five = 5., TRUE",
        "half = .5, TRUE",
        "five <> 5, FALSE",
        "five <> 6, TRUE",
        "five > 4, TRUE",
        "five > 5, FALSE",
        "five >= 5, TRUE",
        "five >= 6, FALSE",
        "five < 6, TRUE",
        "five < 5, FALSE",
        "five <= 5, TRUE",
        "five <= 4, FALSE",
        "4 < five, TRUE",
        "three < five, TRUE",
        "five < three, FALSE",
        "minus = -7, TRUE",
        "minus = - 7, TRUE",
        "-minus = 7, TRUE",
        "+minus = --+-7, TRUE",
        "million = 1000000, TRUE",
        "half < 1, TRUE",
        "0.0 = -0.0, TRUE",
        "größe = 42, TRUE",
    })
    void aHeaderComparedWithANumberIsOne(String selector, Truth expected) {
        assertThat(truth(selector)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "colour = 5",
                "colour <> 5",
                "colour > 5",
                "colour + 1 = 1",
                "five + colour > 0",
                "empty = 0",
                "padded = 5",
                "yes = 1",
                "huge > 0",
                "nan = nan + 0",
                "nan <> 1",
                "infinity > 0",
                "hexadecimal = 16",
                "suffixed = 5",
                "long = 5",
                "missing = 5",
                "missing BETWEEN 1 AND 2",
                "colour = TRUE",
                "five <> FALSE",
                "missing = TRUE",
                "colour",
                "missing",
            })
    void whatHasNoValueOfTheTypeAskedForIsUnknown(String selector) {
        assertThat(truth(selector)).isEqualTo(Truth.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource({
        "yes, TRUE",
        "no, FALSE",
        "NOT no, TRUE",
        "yes = TRUE, TRUE",
        "yes = false, FALSE",
        "no = FALSE, TRUE",
        "yes <> TRUE, FALSE",
        "no <> TRUE, TRUE",
        "TRUE = yes, TRUE",
        "TRUE = FALSE, FALSE",
        "FALSE = FALSE, TRUE",
        "TRUE <> FALSE, TRUE",
        "TRUE, TRUE",
        "false, FALSE",
        "(yes) AND ((no)) = FALSE, TRUE",
    })
    void aHeaderComparedWithATruthIsOne(String selector, Truth expected) {
        assertThat(truth(selector)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "five + 3 = 8, TRUE",
        "five - 3 = 2, TRUE",
        "five -3 = 2, TRUE",
        "five-3 = 2, TRUE",
        "five*3 = 15, TRUE",
        "7/2 = 3, TRUE",
        "-7/2 = -3, TRUE",
        "7/2.0 = 3.5, TRUE",
        "five/2 = 2, TRUE",
        "half*4 = 2, TRUE",
        "1 + 2 * 3 = 7, TRUE",
        "(1 + 2) * 3 = 9, TRUE",
        "10 - 4 - 3 = 3, TRUE",
        "10 - (4 - 3) = 9, TRUE",
        "100 / 10 / 5 = 2, TRUE",
        "100 / (10 / 5) = 50, TRUE",
        "2 * -3 = -6, TRUE",
        "2 - -3 = 5, TRUE",
        "-(five - 3) = -2, TRUE",
        "five - three = 2, TRUE",
        "1 + 1 < five * 2 AND five * 2 < 3 + 8, TRUE",
        "five / 0 = 1, UNKNOWN",
        "five / 0.0 > 1, UNKNOWN",
        "0.0 / 0 = 0, UNKNOWN",
        "five / (five - 5) > 1 OR TRUE, TRUE",
        "1e308 * 10 > 0, UNKNOWN",
        "missing + 1 > 0, UNKNOWN",
    })
    void arithmeticHasPrecedenceAndGoesFromLeftToRight(String selector, Truth expected) {
        assertThat(truth(selector)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "largest = 9223372036854775807, TRUE",
        "largest = 9223372036854775806, FALSE",
        "-9223372036854775808 = -largest - 1, TRUE",
        "-9223372036854775808 < -9223372036854775807, TRUE",
        "beyond > largest, FALSE",
        "beyond > largest - 1000000, TRUE",
        "largest + 1 > 0, TRUE",
        "largest + 1 = beyond, TRUE",
        "-largest - 2 < 0, TRUE",
        "largest * 2 > largest, TRUE",
        "largest * -2 < 0, TRUE",
        "-9223372036854775808 / -1 > 0, TRUE",
        "-9223372036854775808 * -1 > 0, TRUE",
        "- (-9223372036854775808) > 0, TRUE",
        "3037000500 * 3037000500 > 0, TRUE",
    })
    void exactNumbersAreOfSixtyFourBitsAndNeverWrap(String selector, Truth expected) {
        assertThat(truth(selector)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "TRUE, TRUE, TRUE, TRUE",
        "TRUE, FALSE, FALSE, TRUE",
        "TRUE, missing, UNKNOWN, TRUE",
        "FALSE, TRUE, FALSE, TRUE",
        "FALSE, FALSE, FALSE, FALSE",
        "FALSE, missing, FALSE, UNKNOWN",
        "missing, TRUE, UNKNOWN, TRUE",
        "missing, FALSE, FALSE, UNKNOWN",
        "missing, missing, UNKNOWN, UNKNOWN",
    })
    void conditionsAreJoinedByThreeValuedLogic(String left, String right, Truth and, Truth or) {
        assertThat(truth(left + " AND " + right)).isEqualTo(and);
        assertThat(truth(left + " OR " + right)).isEqualTo(or);
    }

    @ParameterizedTest
    @CsvSource({"TRUE, FALSE", "FALSE, TRUE", "missing, UNKNOWN"})
    void notLeavesTheUnknownUnknown(String condition, Truth negated) {
        assertThat(truth("NOT " + condition)).isEqualTo(negated);
        assertThat(truth("NOT NOT " + condition)).isEqualTo(truth(condition));
        assertThat(truth("not Not nOT " + condition)).isEqualTo(negated);
    }

    @ParameterizedTest
    @CsvSource({
        "TRUE OR FALSE AND FALSE, TRUE",
        "(TRUE OR FALSE) AND FALSE, FALSE",
        "FALSE AND FALSE OR TRUE, TRUE",
        "NOT FALSE OR TRUE, TRUE",
        "NOT (FALSE OR TRUE), FALSE",
        "NOT TRUE AND FALSE, FALSE",
        "NOT (TRUE AND FALSE), TRUE",
        "NOT five = 6 AND yes, TRUE",
        "NOT five + 1 = 6, FALSE",
        "five BETWEEN 1 AND 6 AND three BETWEEN 1 AND 4, TRUE",
    })
    void notBindsTighterThanAndAndAndTighterThanOr(String selector, Truth expected) {
        assertThat(truth(selector)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "five BETWEEN 5 AND 6, TRUE",
        "five BETWEEN 4 AND 5, TRUE",
        "five BETWEEN 6 AND 4, FALSE",
        "five BETWEEN 5.5 AND 6, FALSE",
        "five NOT BETWEEN 1 AND 4, TRUE",
        "five NOT BETWEEN 1 AND 5, FALSE",
        "five + 1 BETWEEN three * 2 AND half + 6, TRUE",
        "4 between three and five, TRUE",
        "five BETWEEN missing AND 4, FALSE",
        "five BETWEEN 6 AND missing, FALSE",
        "five BETWEEN missing AND 6, UNKNOWN",
        "five BETWEEN 1 AND missing, UNKNOWN",
        "missing NOT BETWEEN 1 AND 2, UNKNOWN",
    })
    void betweenIncludesItsBounds(String selector, Truth expected) {
        assertThat(truth(selector)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "colour IN ('red')                   | TRUE",
                "colour IN ('blue', 'red', 'red')    | TRUE",
                "colour IN ('blue','green')          | FALSE",
                "colour NOT IN ('blue','green')      | TRUE",
                "colour not in ('red')               | FALSE",
                "missing IN ('red')                  | UNKNOWN",
                "missing NOT IN ('red')              | UNKNOWN",
                "five IN ('5')                       | TRUE",
                "quote IN ('it''s', '')              | TRUE",
                "(colour) IN ('red')                 | TRUE",
            })
    void inIsAnyOfTheTexts(String selector, Truth expected) {
        assertThat(truth(selector)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "colour IS NULL, FALSE",
        "colour IS NOT NULL, TRUE",
        "missing IS NULL, TRUE",
        "missing is not null, FALSE",
        "empty IS NULL, FALSE",
        "missing = 'red' OR missing IS NULL, TRUE",
        "missing <> 'red' AND missing IS NOT NULL, FALSE",
    })
    void isNullIsNeverUnknown(String selector, Truth expected) {
        assertThat(truth(selector)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "content-type = 'text/plain'          | TRUE",
                "x-b3-trace_id = 'b3'                 | TRUE",
                "a.b = 'dotted'                       | TRUE",
                "\"a.b\" = 'dotted'                   | TRUE",
                "\"reply to\" = 'blank'               | TRUE",
                "\"five-three\" = 'hyphenated'        | TRUE",
                "five-three = 'hyphenated'            | TRUE",
                "in-reply-to = 'keyword'              | TRUE",
                "five - three = 2                     | TRUE",
                "five -three = 2                      | TRUE",
                "\"five\"-\"three\" = 2               | TRUE",
                "(five)-(three) = 2                   | TRUE",
                "\"TRUE\" IS NULL                     | TRUE",
                "\"say \"\"hi\"\"\" IS NULL           | TRUE",
                "$dollar IS NULL AND _line IS NULL    | TRUE",
            })
    void namesMayHaveDotsAndHyphensInsideAndAnythingInQuotes(String selector, Truth expected) {
        assertThat(truth(selector)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hyphenated_props:five-3 IS NULL AND five = 5",
                "hyphenated_props:five-three = 'hyphenated'",
                "convert_string_expressions:five > 4",
                "convert_string_expressions:hyphenated_props:five-three = 'hyphenated'",
                "hyphenated_props:convert_string_expressions: five - 1 = 4",
            })
    void thePrefixesOfActiveMqAreUnderstood(String selector) {
        assertThat(Selector.parse(selector).matches(HEADERS)).isTrue();
        assertThat(Selector.parse(selector)).hasToString(selector);
    }

    @ParameterizedTest
    @CsvSource({
        "JMSPriority, priority",
        "JMSMessageID, message-id",
        "JMSTimestamp, timestamp",
        "JMSCorrelationID, correlation-id",
        "JMSType, type",
        "JMSReplyTo, reply-to",
        "JMSExpiration, expires",
        "JMSXGroupID, JMSXGroupID",
    })
    void namesOfJmsAreHeadersOfStomp(String name, String header) {
        Headers headers = Headers.of(header, "4");
        assertThat(Selector.parse(name + " = '4' AND " + name + " > 3").matches(headers))
                .isTrue();
        assertThat(Selector.parse(name + " IS NULL").matches(Headers.EMPTY)).isTrue();
    }

    @Test
    void aQuotedNameIsTheHeaderOfThatName() {
        assertThat(Selector.parse("\"JMSType\" = 'a'").matches(Headers.of("JMSType", "a", "type", "b")))
                .isTrue();
    }

    @Test
    void theDeliveryModeIsWhetherTheMessageIsPersistent() {
        Selector persistent = Selector.parse("JMSDeliveryMode = 'PERSISTENT'");
        Selector other = Selector.parse("JMSDeliveryMode IN ('NON_PERSISTENT')");
        assertThat(persistent.matches(Headers.of("persistent", "true"))).isTrue();
        assertThat(persistent.matches(Headers.of("persistent", "false"))).isFalse();
        assertThat(other.matches(Headers.of("persistent", "false"))).isTrue();
        assertThat(other.matches(Headers.of("persistent", "true"))).isFalse();
        assertThat(Selector.parse("JMSDeliveryMode IS NULL").matches(Headers.of("persistent", "perhaps")))
                .isTrue();
        assertThat(Selector.parse("JMSDeliveryMode IS NULL").matches(Headers.EMPTY))
                .isTrue();
    }
}
