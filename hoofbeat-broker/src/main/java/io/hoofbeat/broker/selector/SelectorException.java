/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.selector;

/**
 * The text is no selector. The message is for whoever wrote it: short, and of printable ASCII without colon and backslash, so
 * that it looks the same in a header of each version.
 */
public final class SelectorException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    SelectorException(String message) {
        super(message);
    }

    /** At a column, counted from 1, something else was expected than what was found there. */
    static SelectorException at(int column, String expected, String found) {
        return at(column, expected + ", found " + found);
    }

    /** At a column, counted from 1, a bound was passed or a kind of value was missing. */
    static SelectorException at(int column, String expected) {
        return new SelectorException("selector column " + column + ", expected " + expected);
    }
}
