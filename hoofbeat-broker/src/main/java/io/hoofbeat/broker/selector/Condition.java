/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.selector;

import io.hoofbeat.protocol.Headers;
import java.util.List;
import java.util.Set;

/** Something which is true, false or unknown. */
sealed interface Condition extends Expression {

    Truth test(Headers headers);

    /** TRUE or FALSE, as written. */
    record Literal(boolean value) implements Condition {
        @Override
        public Truth test(Headers headers) {
            return Truth.of(value);
        }
    }

    /** A header which is itself true or false, in letters of either case. */
    record Flag(Term.Field field) implements Condition {
        @Override
        public Truth test(Headers headers) {
            String text = field.text(headers);
            if ("true".equalsIgnoreCase(text)) {
                return Truth.TRUE;
            }
            return "false".equalsIgnoreCase(text) ? Truth.FALSE : Truth.UNKNOWN;
        }
    }

    record Not(Condition condition) implements Condition {
        @Override
        public Truth test(Headers headers) {
            return condition.test(headers).negated();
        }
    }

    /** Conditions joined by AND; flat, so that a long chain is no deep recursion. */
    record All(List<Condition> conditions) implements Condition {
        @Override
        public Truth test(Headers headers) {
            return decide(conditions, Truth.FALSE, headers);
        }
    }

    /** Conditions joined by OR. */
    record Some(List<Condition> conditions) implements Condition {
        @Override
        public Truth test(Headers headers) {
            return decide(conditions, Truth.TRUE, headers);
        }
    }

    /** One that is decisive decides; else one that is unknown leaves it so. */
    private static Truth decide(List<Condition> conditions, Truth decisive, Headers headers) {
        Truth result = decisive.negated();
        for (int i = 0; i < conditions.size(); i++) {
            Truth truth = conditions.get(i).test(headers);
            if (truth == decisive) {
                return decisive;
            }
            result = truth == Truth.UNKNOWN ? Truth.UNKNOWN : result;
        }
        return result;
    }

    record SameText(Term.Text left, Term.Text right) implements Condition {
        @Override
        public Truth test(Headers headers) {
            String first = left.text(headers);
            String second = right.text(headers);
            return first == null || second == null ? Truth.UNKNOWN : Truth.of(first.equals(second));
        }
    }

    /** Two numbers compared. */
    record Comparison(Term left, Order order, Term right) implements Condition {
        @Override
        public Truth test(Headers headers) {
            Number first = left.number(headers);
            Number second = right.number(headers);
            return first == null || second == null
                    ? Truth.UNKNOWN
                    : Truth.of(order.includes(Numeral.compare(first, second)));
        }
    }

    /** How two numbers may lie. What is unequal is a Not of EQUAL. */
    enum Order {
        EQUAL,
        LESS,
        AT_MOST,
        GREATER,
        AT_LEAST;

        boolean includes(int comparison) {
            return switch (this) {
                case EQUAL -> comparison == 0;
                case LESS -> comparison < 0;
                case AT_MOST -> comparison <= 0;
                case GREATER -> comparison > 0;
                case AT_LEAST -> comparison >= 0;
            };
        }
    }

    /** The same as {@code value >= low AND value <= high}, so it may be false with one bound unknown. */
    record Between(Term value, Term low, Term high) implements Condition {
        @Override
        public Truth test(Headers headers) {
            Number number = value.number(headers);
            if (number == null) {
                return Truth.UNKNOWN;
            }
            Number least = low.number(headers);
            if (least != null && Numeral.compare(number, least) < 0) {
                return Truth.FALSE;
            }
            Number most = high.number(headers);
            if (most != null && Numeral.compare(number, most) > 0) {
                return Truth.FALSE;
            }
            return least == null || most == null ? Truth.UNKNOWN : Truth.TRUE;
        }
    }

    record In(Term.Field field, Set<String> texts) implements Condition {
        @Override
        public Truth test(Headers headers) {
            String text = field.text(headers);
            return text == null ? Truth.UNKNOWN : Truth.of(texts.contains(text));
        }
    }

    record Like(Term.Field field, LikePattern pattern) implements Condition {
        @Override
        public Truth test(Headers headers) {
            String text = field.text(headers);
            return text == null ? Truth.UNKNOWN : Truth.of(pattern.matches(text));
        }
    }

    /** Never unknown. */
    record IsNull(Term.Field field) implements Condition {
        @Override
        public Truth test(Headers headers) {
            return Truth.of(field.text(headers) == null);
        }
    }
}
