/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.selector;

import io.hoofbeat.protocol.Headers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something with a value: a header, a literal, a calculation. */
sealed interface Term extends Expression {

    /** The value as a number: a Long or a finite Double, null if it has none. */
    @Nullable Number number(Headers headers);

    /** A term whose value is a text. */
    sealed interface Text extends Term {

        /** Null if there is none. */
        @Nullable String text(Headers headers);
    }

    /** What a name stands for. */
    sealed interface Field extends Text {

        @Override
        default @Nullable Number number(Headers headers) {
            String text = text(headers);
            return text == null ? null : Numeral.parse(text);
        }
    }

    record Header(String name) implements Field {
        @Override
        public @Nullable String text(Headers headers) {
            return headers.get(name);
        }
    }

    /** JMSDeliveryMode, which in STOMP is the header {@code persistent}. */
    record DeliveryMode() implements Field {
        @Override
        public @Nullable String text(Headers headers) {
            String persistent = headers.get("persistent");
            if (persistent == null) {
                return null;
            }
            return switch (persistent) {
                case "true" -> "PERSISTENT";
                case "false" -> "NON_PERSISTENT";
                default -> null;
            };
        }
    }

    /** A text in quotes. It is never a number, even if it looks like one. */
    record Quotation(String text) implements Text {
        @Override
        public String text(Headers headers) {
            return text;
        }

        @Override
        public @Nullable Number number(Headers headers) {
            return null;
        }
    }

    record Constant(Number number) implements Term {
        @Override
        public Number number(Headers headers) {
            return number;
        }
    }

    /** Operations of one precedence from left to right; flat, so that a long chain is no deep recursion. */
    record Calculation(Term first, List<Step> steps) implements Term {
        @Override
        public @Nullable Number number(Headers headers) {
            Number result = first.number(headers);
            for (int i = 0; i < steps.size() && result != null; i++) {
                Step step = steps.get(i);
                Number operand = step.operand.number(headers);
                result = operand == null ? null : step.operation.apply(result, operand);
            }
            return result;
        }
    }

    record Step(Operation operation, Term operand) {}

    /**
     * Arithmetic by Java's numeric promotion, as JMS has it: two exact numbers give an exact one, so 7 / 2 is 3. An exact
     * result beyond a long becomes approximate; an approximate one beyond a double, and a division by zero, are no number.
     */
    enum Operation {
        PLUS,
        MINUS,
        TIMES,
        DIVIDED_BY;

        @Nullable Number apply(Number left, Number right) {
            if (left instanceof Long && right instanceof Long) {
                return apply(left.longValue(), right.longValue());
            }
            return apply(left.doubleValue(), right.doubleValue());
        }

        private @Nullable Number apply(long left, long right) {
            switch (this) {
                case PLUS -> {
                    long sum = left + right;
                    return ((left ^ sum) & (right ^ sum)) < 0 ? apply((double) left, (double) right) : sum;
                }
                case MINUS -> {
                    long difference = left - right;
                    return ((left ^ right) & (left ^ difference)) < 0
                            ? apply((double) left, (double) right)
                            : difference;
                }
                case TIMES -> {
                    long product = left * right;
                    return Math.multiplyHigh(left, right) != product >> 63
                            ? apply((double) left, (double) right)
                            : product;
                }
                case DIVIDED_BY -> {
                    boolean inexact = right == 0 || (left == Long.MIN_VALUE && right == -1);
                    return inexact ? apply((double) left, (double) right) : (Number) (left / right);
                }
            }
            throw new AssertionError(this);
        }

        private @Nullable Number apply(double left, double right) {
            return Numeral.finite(
                    switch (this) {
                        case PLUS -> left + right;
                        case MINUS -> left - right;
                        case TIMES -> left * right;
                        case DIVIDED_BY -> left / right;
                    });
        }
    }
}
