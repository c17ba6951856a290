/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.selector;

import io.hoofbeat.broker.selector.Condition.Order;
import io.hoofbeat.broker.selector.Lexer.Token;
import io.hoofbeat.broker.selector.Term.Operation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Recursive descent, one method for each precedence, loosest first. Only parentheses recurse, and they are counted.
 *
 * <p>A parenthesis may hold a condition or a term, which shows only behind it, so the methods return an {@link Expression} and
 * whoever needs the one or the other asks for it with the column where it began. Used by one thread, for one selector.
 */
final class Parser {

    private final Lexer lexer;
    private int depth;

    private Parser(String text) {
        lexer = new Lexer(text);
    }

    static Condition parse(String text) {
        Parser parser = new Parser(text);
        int column = parser.lexer.column();
        Condition condition = condition(parser.disjunction(), column);
        if (parser.lexer.token() != Token.END) {
            throw parser.expected("an operator or the end");
        }
        return condition;
    }

    private Expression disjunction() {
        int column = lexer.column();
        Expression first = conjunction();
        return lexer.token() == Token.OR
                ? new Condition.Some(joined(condition(first, column), Token.OR, this::conjunction))
                : first;
    }

    private Expression conjunction() {
        int column = lexer.column();
        Expression first = negation();
        return lexer.token() == Token.AND
                ? new Condition.All(joined(condition(first, column), Token.AND, this::negation))
                : first;
    }

    private List<Condition> joined(Condition first, Token by, Supplier<Expression> operand) {
        List<Condition> conditions = new ArrayList<>();
        conditions.add(first);
        while (accept(by)) {
            int column = lexer.column();
            conditions.add(condition(operand.get(), column));
        }
        return List.copyOf(conditions);
    }

    private Expression negation() {
        if (lexer.token() != Token.NOT) {
            return predicate();
        }
        boolean negated = false;
        while (accept(Token.NOT)) {
            negated = !negated;
        }
        int column = lexer.column();
        Condition condition = condition(predicate(), column);
        return negated ? new Condition.Not(condition) : condition;
    }

    private Expression predicate() {
        int column = lexer.column();
        Expression left = sum();
        switch (lexer.token()) {
            case EQUAL, UNEQUAL -> {
                return equality(left, column);
            }
            case LESS, AT_MOST, GREATER, AT_LEAST -> {
                Term number = number(left, column);
                Order order = order(lexer.token());
                lexer.next();
                return new Condition.Comparison(number, order, number());
            }
            case IS -> {
                return nullness(field(left, column));
            }
            case NOT, BETWEEN, LIKE, IN -> {
                boolean negated = accept(Token.NOT);
                Condition condition = range(left, column);
                return negated ? new Condition.Not(condition) : condition;
            }
            default -> {
                return left;
            }
        }
    }

    private static Order order(Token token) {
        return switch (token) {
            case LESS -> Order.LESS;
            case AT_MOST -> Order.AT_MOST;
            case GREATER -> Order.GREATER;
            case AT_LEAST -> Order.AT_LEAST;
            default -> Order.EQUAL;
        };
    }

    /** Texts are compared as texts, a truth with a flag; if either side is a number both must be. */
    private Condition equality(Expression left, int leftColumn) {
        boolean negated = lexer.token() == Token.UNEQUAL;
        lexer.next();
        int rightColumn = lexer.column();
        Expression right = sum();
        Condition equality;
        if (left instanceof Condition.Literal literal) {
            equality = truth(literal, right, rightColumn);
        } else if (right instanceof Condition.Literal literal) {
            equality = truth(literal, left, leftColumn);
        } else if (left instanceof Term.Text first && right instanceof Term.Text second) {
            equality = new Condition.SameText(first, second);
        } else {
            equality = new Condition.Comparison(number(left, leftColumn), Order.EQUAL, number(right, rightColumn));
        }
        return negated ? new Condition.Not(equality) : equality;
    }

    private static Condition truth(Condition.Literal literal, Expression other, int column) {
        Condition condition;
        if (other instanceof Condition.Literal second) {
            condition = second;
        } else if (other instanceof Term.Field field) {
            condition = new Condition.Flag(field);
        } else {
            throw SelectorException.at(column, "a name, TRUE or FALSE");
        }
        return literal.value() ? condition : new Condition.Not(condition);
    }

    private Condition nullness(Term.Field field) {
        lexer.next();
        boolean negated = accept(Token.NOT);
        expect(Token.NULL, "NULL");
        Condition condition = new Condition.IsNull(field);
        return negated ? new Condition.Not(condition) : condition;
    }

    private Condition range(Expression left, int column) {
        if (accept(Token.BETWEEN)) {
            Term value = number(left, column);
            Term low = number();
            expect(Token.AND, "AND");
            return new Condition.Between(value, low, number());
        }
        if (accept(Token.IN)) {
            return new Condition.In(field(left, column), texts());
        }
        expect(Token.LIKE, "BETWEEN, IN or LIKE");
        return new Condition.Like(field(left, column), pattern());
    }

    private Set<String> texts() {
        expect(Token.OPEN, "(");
        Set<String> texts = new HashSet<>();
        int count = 0;
        do {
            if (count++ == Selector.MAX_LIST) {
                throw SelectorException.at(lexer.column(), "a list of at most " + Selector.MAX_LIST + " texts");
            }
            texts.add(text());
        } while (accept(Token.COMMA));
        expect(Token.CLOSE, ", or )");
        return Set.copyOf(texts);
    }

    private LikePattern pattern() {
        int column = lexer.column();
        String text = text();
        int escape = -1;
        if (accept(Token.ESCAPE)) {
            int escapeColumn = lexer.column();
            String character = text();
            if (character.codePointCount(0, character.length()) != 1) {
                throw SelectorException.at(escapeColumn, "one character in quotes");
            }
            escape = character.codePointAt(0);
        }
        return LikePattern.parse(text, escape, column);
    }

    private Term number() {
        int column = lexer.column();
        return number(sum(), column);
    }

    private Expression sum() {
        int column = lexer.column();
        Expression first = product();
        if (lexer.token() != Token.PLUS && lexer.token() != Token.MINUS) {
            return first;
        }
        Term start = number(first, column);
        List<Term.Step> steps = new ArrayList<>();
        while (lexer.token() == Token.PLUS || lexer.token() == Token.MINUS) {
            steps.add(step(this::product));
        }
        return new Term.Calculation(start, List.copyOf(steps));
    }

    private Expression product() {
        int column = lexer.column();
        Expression first = signed();
        if (lexer.token() != Token.TIMES && lexer.token() != Token.DIVIDED_BY) {
            return first;
        }
        Term start = number(first, column);
        List<Term.Step> steps = new ArrayList<>();
        while (lexer.token() == Token.TIMES || lexer.token() == Token.DIVIDED_BY) {
            steps.add(step(this::signed));
        }
        return new Term.Calculation(start, List.copyOf(steps));
    }

    private Term.Step step(Supplier<Expression> operand) {
        Operation operation = switch (lexer.token()) {
            case PLUS -> Operation.PLUS;
            case MINUS -> Operation.MINUS;
            case TIMES -> Operation.TIMES;
            default -> Operation.DIVIDED_BY;
        };
        lexer.next();
        int column = lexer.column();
        return new Term.Step(operation, number(operand.get(), column));
    }

    private Expression signed() {
        boolean signed = false;
        boolean negative = false;
        while (lexer.token() == Token.PLUS || lexer.token() == Token.MINUS) {
            signed = true;
            negative ^= lexer.token() == Token.MINUS;
            lexer.next();
        }
        if (lexer.token() == Token.NUMBER) {
            return literal(negative);
        }
        int column = lexer.column();
        Expression operand = primary();
        if (!signed) {
            return operand;
        }
        Operation operation = negative ? Operation.MINUS : Operation.PLUS;
        return new Term.Calculation(new Term.Constant(0L), List.of(new Term.Step(operation, number(operand, column))));
    }

    /** With its sign, since the least long has no positive counterpart. */
    private Term literal(boolean negative) {
        String digits = lexer.value();
        Number number = Numeral.parse(negative ? "-" + digits : digits);
        boolean exact = digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (number == null || (exact && !(number instanceof Long))) {
            throw SelectorException.at(lexer.column(), "a number in the range of 64 bits");
        }
        if (exact && digits.length() > 1 && digits.startsWith("0")) {
            throw SelectorException.at(lexer.column(), "a number without leading zero, which Java takes for octal");
        }
        lexer.next();
        return new Term.Constant(number);
    }

    private Expression primary() {
        if (lexer.token() == Token.OPEN) {
            return parenthesis();
        }
        Expression primary = switch (lexer.token()) {
            case TEXT -> new Term.Quotation(lexer.value());
            case TRUE -> new Condition.Literal(true);
            case FALSE -> new Condition.Literal(false);
            case NAME -> named(lexer.value());
            case QUOTED_NAME -> new Term.Header(lexer.value());
            default -> throw expected("a name, a literal or (");
        };
        lexer.next();
        return primary;
    }

    private Expression parenthesis() {
        if (depth == Selector.MAX_DEPTH) {
            throw SelectorException.at(lexer.column(), "at most " + Selector.MAX_DEPTH + " nested parentheses");
        }
        depth++;
        lexer.next();
        Expression inside = disjunction();
        expect(Token.CLOSE, "an operator or )");
        depth--;
        return inside;
    }

    /** The header which is in STOMP what the name is in JMS; any other name is the header's own. */
    private static Term.Field named(String name) {
        return switch (name) {
            case "JMSPriority" -> new Term.Header("priority");
            case "JMSMessageID" -> new Term.Header("message-id");
            case "JMSTimestamp" -> new Term.Header("timestamp");
            case "JMSCorrelationID" -> new Term.Header("correlation-id");
            case "JMSType" -> new Term.Header("type");
            case "JMSReplyTo" -> new Term.Header("reply-to");
            case "JMSExpiration" -> new Term.Header("expires");
            case "JMSDeliveryMode" -> new Term.DeliveryMode();
            default -> new Term.Header(name);
        };
    }

    private static Condition condition(Expression expression, int column) {
        if (expression instanceof Condition condition) {
            return condition;
        }
        if (expression instanceof Term.Field field) {
            return new Condition.Flag(field);
        }
        throw SelectorException.at(column, "a condition and not just a value");
    }

    private static Term number(Expression expression, int column) {
        if (expression instanceof Term term && !(term instanceof Term.Quotation)) {
            return term;
        }
        throw SelectorException.at(column, "a number or a name");
    }

    private static Term.Field field(Expression expression, int column) {
        if (expression instanceof Term.Field field) {
            return field;
        }
        throw SelectorException.at(column, "a name");
    }

    private String text() {
        String text = lexer.value();
        expect(Token.TEXT, "a text in quotes");
        return text;
    }

    private boolean accept(Token token) {
        if (lexer.token() != token) {
            return false;
        }
        lexer.next();
        return true;
    }

    private void expect(Token token, String expected) {
        if (!accept(token)) {
            throw expected(expected);
        }
    }

    private SelectorException expected(String expected) {
        return SelectorException.at(lexer.column(), expected, found());
    }

    private String found() {
        return switch (lexer.token()) {
            case END -> "the end";
            case TEXT -> "a text";
            case NAME, QUOTED_NAME -> "a name";
            case NUMBER -> "a number";
            default -> lexer.spelling();
        };
    }
}
