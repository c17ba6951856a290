/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.selector;

import static java.util.Map.entry;

import java.util.Locale;
import java.util.Map;

/** Cuts a selector into tokens, one at a time. Used by one thread, for one selector. */
final class Lexer {

    enum Token {
        END,
        NAME,
        QUOTED_NAME,
        TEXT,
        NUMBER,
        NOT,
        AND,
        OR,
        BETWEEN,
        LIKE,
        ESCAPE,
        IN,
        IS,
        NULL,
        TRUE,
        FALSE,
        EQUAL,
        UNEQUAL,
        LESS,
        AT_MOST,
        GREATER,
        AT_LEAST,
        PLUS,
        MINUS,
        TIMES,
        DIVIDED_BY,
        OPEN,
        CLOSE,
        COMMA
    }

    private static final Map<String, Token> KEYWORDS = Map.ofEntries(
            entry("NOT", Token.NOT),
            entry("AND", Token.AND),
            entry("OR", Token.OR),
            entry("BETWEEN", Token.BETWEEN),
            entry("LIKE", Token.LIKE),
            entry("ESCAPE", Token.ESCAPE),
            entry("IN", Token.IN),
            entry("IS", Token.IS),
            entry("NULL", Token.NULL),
            entry("TRUE", Token.TRUE),
            entry("FALSE", Token.FALSE));

    private static final String CONVERT = "convert_string_expressions:";
    private static final String HYPHENATED = "hyphenated_props:";

    private final String text;
    private final boolean hyphenated;

    private Token token = Token.END;
    private int start;
    private int end;

    /** What the token says without its quotes. */
    private String value = "";

    /** Stands at the first token. */
    Lexer(String text) {
        this.text = text;
        boolean hyphens = false;
        while (true) {
            if (text.startsWith(CONVERT, end)) {
                end += CONVERT.length(); // what it asks for is what we do
            } else if (text.startsWith(HYPHENATED, end)) {
                end += HYPHENATED.length();
                hyphens = true;
            } else {
                break;
            }
        }
        hyphenated = hyphens;
        next();
    }

    Token token() {
        return token;
    }

    /** Where the token starts, counted from 1. */
    int column() {
        return start + 1;
    }

    String value() {
        return value;
    }

    /** The token as it is written. */
    String spelling() {
        return text.substring(start, end);
    }

    void next() {
        start = end;
        while (start < text.length() && isBlank(text.charAt(start))) {
            start++;
        }
        end = start;
        if (start == text.length()) {
            token = Token.END;
            return;
        }
        char c = text.charAt(start);
        if (c == '\'' || c == '"') {
            quotation(c);
        } else if (isNameStart(c)) {
            name();
        } else if (Numeral.isDigit(c)
                || (c == '.' && start + 1 < text.length() && Numeral.isDigit(charAt(start + 1)))) {
            number();
        } else {
            operator(c);
        }
    }

    private void quotation(char quote) {
        StringBuilder inside = new StringBuilder();
        int i = start + 1;
        while (i < text.length()) {
            char c = text.charAt(i++);
            if (c != quote) {
                inside.append(c);
            } else if (charAt(i) == quote) {
                inside.append(c);
                i++;
            } else {
                token = quote == '"' ? Token.QUOTED_NAME : Token.TEXT;
                value = inside.toString();
                end = i;
                return;
            }
        }
        throw SelectorException.at(
                column(), quote == '"' ? "a name with a closing quote" : "a text with a closing quote");
    }

    /**
     * A Java identifier. STOMP's names often have a hyphen, so a hyphen between two characters of a name, the second no digit,
     * belongs to it: content-type is a name, size-1 and "a - b" are subtractions. A dot between two characters does too.
     */
    private void name() {
        end = start + 1;
        while (end < text.length()) {
            char c = text.charAt(end);
            if (isNamePart(c) || (hyphenated && c == '-')) {
                end++;
            } else if ((c == '-' && isNameStart(charAt(end + 1))) || (c == '.' && isNamePart(charAt(end + 1)))) {
                end += 2;
            } else {
                break;
            }
        }
        value = spelling();
        boolean ascii = value.chars().allMatch(c -> c < 128); // else the Kelvin sign would be a K
        token = ascii ? KEYWORDS.getOrDefault(value.toUpperCase(Locale.ROOT), Token.NAME) : Token.NAME;
    }

    /** Digits, a fraction, an exponent; behind it, as in Java, the letter of its type, which tells us nothing. */
    private void number() {
        boolean exact = true;
        while (Numeral.isDigit(charAt(end)) || (exact && charAt(end) == '.')) {
            exact &= charAt(end) != '.';
            end++;
        }
        int exponent = Numeral.skipExponent(text, end);
        exact &= exponent == end;
        end = exponent;
        token = Token.NUMBER;
        value = spelling();
        if ((exact ? "lL" : "dDfF").indexOf(charAt(end)) >= 0) {
            end++;
        }
        if (isNamePart(charAt(end)) || charAt(end) == '.') {
            throw SelectorException.at(column(), "a number in decimal digits");
        }
    }

    private void operator(char c) {
        char second = charAt(start + 1);
        token = switch (c) {
            case '=' -> Token.EQUAL;
            case '<' -> second == '=' ? Token.AT_MOST : second == '>' ? Token.UNEQUAL : Token.LESS;
            case '>' -> second == '=' ? Token.AT_LEAST : Token.GREATER;
            case '+' -> Token.PLUS;
            case '-' -> Token.MINUS;
            case '*' -> Token.TIMES;
            case '/' -> Token.DIVIDED_BY;
            case '(' -> Token.OPEN;
            case ')' -> Token.CLOSE;
            case ',' -> Token.COMMA;
            default -> throw SelectorException.at(column(), "a name, a literal or an operator");
        };
        boolean two = token == Token.AT_MOST || token == Token.UNEQUAL || token == Token.AT_LEAST;
        end = start + (two ? 2 : 1);
    }

    /** NUL, which is part of nothing, behind the end. */
    private char charAt(int index) {
        return index < text.length() ? text.charAt(index) : 0;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
    }

    private static boolean isNameStart(char c) {
        return Character.isJavaIdentifierStart(c);
    }

    private static boolean isNamePart(char c) {
        return Character.isJavaIdentifierPart(c) && !Character.isIdentifierIgnorable(c);
    }
}
