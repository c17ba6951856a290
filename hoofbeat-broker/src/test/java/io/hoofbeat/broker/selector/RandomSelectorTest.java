/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.selector;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.protocol.Headers;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Writes selectors by the grammar and knows, as it writes, what each part of them is: reckoned with boxed values and nulls, on
 * another way than the broker's.
 */
class RandomSelectorTest {

    private static final Headers HEADERS =
            Headers.of("n-three", "3", "half", "0.5", "zero", "0", "word", "ab", "yes", "true", "no", "false");

    private static final String[] NAMES = {"n-three", "half", "zero", "word", "yes", "no", "absent"};

    private final Random random = new Random(20261121);

    private record Part(String text, @Nullable Object value) {}

    @Test
    void agreesWithANaiveEvaluation() {
        int[] outcomes = new int[3];
        for (int i = 0; i < 100_000; i++) {
            Part part = disjunction(3);
            boolean matches = Selector.parse(part.text).matches(HEADERS);
            boolean negated = Selector.parse("NOT (" + part.text + ")").matches(HEADERS);
            assertThat(matches).as(part.text).isEqualTo(part.value == Boolean.TRUE);
            assertThat(negated).as("NOT %s", part.text).isEqualTo(part.value == Boolean.FALSE);
            outcomes[part.value == null ? 2 : matches ? 1 : 0]++;
        }
        assertThat(IntStream.of(outcomes)).allMatch(count -> count > 10_000);
    }

    private Part disjunction(int depth) {
        Part result = conjunction(depth);
        while (random.nextInt(4) == 0) {
            Part next = conjunction(depth);
            boolean decided = result.value == Boolean.TRUE || next.value == Boolean.TRUE;
            boolean unknown = result.value == null || next.value == null;
            result = new Part(result.text + word("or") + next.text, decided ? Boolean.TRUE : unknown ? null : false);
        }
        return result;
    }

    private Part conjunction(int depth) {
        Part result = negation(depth);
        while (random.nextInt(4) == 0) {
            Part next = negation(depth);
            boolean decided = result.value == Boolean.FALSE || next.value == Boolean.FALSE;
            boolean unknown = result.value == null || next.value == null;
            result = new Part(result.text + word("and") + next.text, decided ? Boolean.FALSE : unknown ? null : true);
        }
        return result;
    }

    private Part negation(int depth) {
        if (random.nextInt(5) == 0) {
            Part part = negation(depth);
            return new Part(word("not") + part.text, not(true, part.value));
        }
        return predicate(depth);
    }

    private Part predicate(int depth) {
        boolean negated = random.nextBoolean();
        String not = negated ? word("not") : " ";
        String name = NAMES[random.nextInt(NAMES.length)];
        String header = HEADERS.get(name);
        switch (random.nextInt(depth > 0 ? 9 : 8)) {
            case 0 -> {
                return new Part(
                        name,
                        switch (name) {
                            case "yes" -> true;
                            case "no" -> false;
                            default -> null;
                        });
            }
            case 1 -> {
                String literal = random.nextBoolean() ? "ab" : "3";
                Object equal = header == null ? null : header.equals(literal);
                return new Part(name + (negated ? "<>" : "=") + "'" + literal + "'", not(negated, equal));
            }
            case 2 -> {
                return new Part(name + word("is") + not + word("null"), negated == (header != null));
            }
            case 3 -> {
                Object in = header == null ? null : header.equals("ab") || header.equals("0");
                return new Part(name + not + word("in") + "('ab' , '0')", not(negated, in));
            }
            case 4 -> {
                Object like = header == null ? null : Pattern.matches(".*.b", header);
                return new Part(name + not + word("like") + "'%_b'", not(negated, like));
            }
            case 5 -> {
                Part value = sum(depth);
                Part low = sum(depth);
                Part high = sum(depth);
                Object above = compare(value.value, ">=", low.value);
                Object below = compare(value.value, "<=", high.value);
                boolean decided = above == Boolean.FALSE || below == Boolean.FALSE;
                Object between = decided ? Boolean.FALSE : (above == null || below == null) ? null : Boolean.TRUE;
                String text = value.text + not + word("between") + low.text + word("and") + high.text;
                return new Part(text, not(negated, between));
            }
            case 6, 7 -> {
                String[] operators = {"=", "<>", "<", ">", "<=", ">="};
                String operator = operators[random.nextInt(operators.length)];
                Part left = sum(depth);
                Part right = sum(depth);
                // The sum makes it a comparison of numbers even if both are headers.
                return new Part(
                        left.text + operator + "0 + " + right.text,
                        compare(left.value, operator, add(0L, right.value)));
            }
            default -> {
                Part inside = disjunction(depth - 1);
                return new Part("(" + inside.text + ")", inside.value);
            }
        }
    }

    private Part sum(int depth) {
        Part result = product(depth);
        while (random.nextInt(4) == 0) {
            Part next = product(depth);
            boolean plus = random.nextBoolean();
            Object value = add(result.value, plus ? next.value : multiply(-1L, next.value));
            result = new Part(result.text + (plus ? " + " : " - ") + next.text, value);
        }
        return result;
    }

    private Part product(int depth) {
        Part result = factor(depth);
        while (random.nextInt(4) == 0) {
            Part next = factor(depth);
            boolean times = random.nextBoolean();
            Object value = times ? multiply(result.value, next.value) : divide(result.value, next.value);
            result = new Part(result.text + (times ? " * " : " / ") + next.text, value);
        }
        return result;
    }

    private Part factor(int depth) {
        switch (random.nextInt(depth > 0 ? 5 : 4)) {
            case 0 -> {
                long value = random.nextInt(10);
                return new Part(String.valueOf(value), value);
            }
            case 1 -> {
                double value = random.nextInt(10) / 2.0;
                return new Part(String.valueOf(value), value);
            }
            case 2 -> {
                String name = NAMES[random.nextInt(NAMES.length)];
                Object value = switch (name) {
                    case "n-three" -> 3L;
                    case "half" -> 0.5;
                    case "zero" -> 0L;
                    default -> null;
                };
                return new Part(name, value);
            }
            case 3 -> {
                Part part = factor(depth);
                return new Part("- " + part.text, multiply(-1L, part.value));
            }
            default -> {
                Part inside = sum(depth - 1);
                return new Part("(" + inside.text + ")", inside.value);
            }
        }
    }

    private static @Nullable Object not(boolean negated, @Nullable Object value) {
        return value == null ? null : negated != value.equals(true);
    }

    private static @Nullable Object compare(@Nullable Object left, String operator, @Nullable Object right) {
        if (!(left instanceof Number a) || !(right instanceof Number b)) {
            return null;
        }
        double difference = a.doubleValue() - b.doubleValue();
        return switch (operator) {
            case "=" -> difference == 0;
            case "<>" -> difference != 0;
            case "<" -> difference < 0;
            case ">" -> difference > 0;
            case "<=" -> difference <= 0;
            default -> difference >= 0;
        };
    }

    private static @Nullable Object add(@Nullable Object left, @Nullable Object right) {
        if (left instanceof Long a && right instanceof Long b) {
            return a + b;
        }
        return left instanceof Number a && right instanceof Number b
                ? (Object) (a.doubleValue() + b.doubleValue())
                : null;
    }

    private static @Nullable Object multiply(@Nullable Object left, @Nullable Object right) {
        if (left instanceof Long a && right instanceof Long b) {
            return a * b;
        }
        return left instanceof Number a && right instanceof Number b
                ? (Object) (a.doubleValue() * b.doubleValue())
                : null;
    }

    private static @Nullable Object divide(@Nullable Object left, @Nullable Object right) {
        if (!(left instanceof Number a) || !(right instanceof Number b) || b.doubleValue() == 0) {
            return null;
        }
        return left instanceof Long && right instanceof Long
                ? (Object) (a.longValue() / b.longValue())
                : (Object) (a.doubleValue() / b.doubleValue());
    }

    /** A keyword in letters of either case. */
    private String word(String word) {
        return " " + (random.nextBoolean() ? word : word.toUpperCase(Locale.ROOT)) + " ";
    }
}
