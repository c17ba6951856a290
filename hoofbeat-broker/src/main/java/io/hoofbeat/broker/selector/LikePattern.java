/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.selector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The pattern of LIKE: {@code _} is any character, {@code %} any number of characters. A character is a code point.
 *
 * <p>The percent signs cut a pattern into runs. The first must be what the value begins with and the last what it ends with;
 * those between are looked for from left to right, each behind the one before. Taking the leftmost place is always right,
 * since it leaves most to the runs behind, so nothing is ever taken back.
 *
 * <p>A run is looked for by "shift-and" (Baeza-Yates and Gonnet): bit i of the state says that the last i+1 characters are
 * the first i+1 of the run, and one character of the value is one shift and one AND, underscores included. Hence a run between
 * two percent signs has at most 64 characters, and the work is linear in the value, whatever the pattern (F18).
 */
final class LikePattern {

    /** The characters of a run between two percent signs: the bits of a long. */
    static final int MAX_RUN = Long.SIZE;

    private static final int ANY = -1;

    private final int[] first;
    private final List<Run> between;
    private final int[] last;

    /** Without a percent sign: the first run is all. */
    private final boolean whole;

    private LikePattern(int[] first, List<Run> between, int[] last, boolean whole) {
        this.first = first;
        this.between = between;
        this.last = last;
        this.whole = whole;
    }

    /**
     * Reads a pattern.
     *
     * @param escape the character which takes the meaning from the one behind it, or -1
     * @param column where the pattern is in the selector
     */
    static LikePattern parse(String text, int escape, int column) {
        List<int[]> runs = new ArrayList<>();
        int[] characters = text.codePoints().toArray();
        int[] run = new int[characters.length];
        int length = 0;
        for (int i = 0; i < characters.length; i++) {
            int character = characters[i];
            if (character == escape) {
                i++;
                if (i == characters.length) {
                    throw SelectorException.at(column, "a pattern which does not end with its escape");
                }
                run[length++] = characters[i];
            } else if (character == '%') {
                runs.add(Arrays.copyOf(run, length));
                length = 0;
            } else {
                run[length++] = character == '_' ? ANY : character;
            }
        }
        int[] last = Arrays.copyOf(run, length);
        if (runs.isEmpty()) {
            return new LikePattern(last, List.of(), last, true);
        }
        return new LikePattern(runs.get(0), between(runs.subList(1, runs.size()), column), last, false);
    }

    private static List<Run> between(List<int[]> runs, int column) {
        List<Run> between = new ArrayList<>();
        for (int[] run : runs) {
            if (run.length > MAX_RUN) {
                throw SelectorException.at(column, "at most " + MAX_RUN + " characters between two % of a pattern");
            }
            if (run.length > 0) {
                between.add(new Run(run));
            }
        }
        return List.copyOf(between);
    }

    boolean matches(String value) {
        int at = endOfPrefix(value);
        if (at < 0 || whole) {
            return at == value.length();
        }
        for (int i = 0; i < between.size(); i++) {
            at = between.get(i).find(value, at);
            if (at < 0) {
                return false;
            }
        }
        return at <= startOfSuffix(value);
    }

    /** Where the first run ends if the value begins with it, else -1. */
    private int endOfPrefix(String value) {
        int at = 0;
        for (int expected : first) {
            if (at == value.length()) {
                return -1;
            }
            int character = value.codePointAt(at);
            if (expected != character && expected != ANY) {
                return -1;
            }
            at += Character.charCount(character);
        }
        return at;
    }

    /** Where the last run starts if the value ends with it, else -1. */
    private int startOfSuffix(String value) {
        int at = value.length();
        for (int i = last.length - 1; i >= 0; i--) {
            if (at == 0) {
                return -1;
            }
            int character = value.codePointBefore(at);
            if (last[i] != character && last[i] != ANY) {
                return -1;
            }
            at -= Character.charCount(character);
        }
        return at;
    }

    /** What stands between two percent signs. */
    private static final class Run {

        /** The characters of the run in their order as numbers, each once. */
        private final int[] characters;

        /** For each of them at which places it, or any character, is. */
        private final long[] places;

        /** At which places any character is. */
        private final long placesOfAny;

        private final long complete;

        Run(int[] run) {
            characters =
                    Arrays.stream(run).filter(c -> c != ANY).sorted().distinct().toArray();
            placesOfAny = places(run, ANY);
            places = Arrays.stream(characters)
                    .mapToLong(c -> places(run, c) | placesOfAny)
                    .toArray();
            complete = 1L << (run.length - 1);
        }

        private static long places(int[] run, int character) {
            return IntStream.range(0, run.length)
                    .filter(i -> run[i] == character)
                    .mapToLong(i -> 1L << i)
                    .sum();
        }

        /** Where the first such run at or behind the start ends, or -1. */
        int find(String value, int start) {
            long state = 0;
            int at = start;
            while (at < value.length()) {
                int character = value.codePointAt(at);
                int index = Arrays.binarySearch(characters, character);
                state = (state << 1 | 1) & (index < 0 ? placesOfAny : places[index]);
                at += Character.charCount(character);
                if ((state & complete) != 0) {
                    return at;
                }
            }
            return -1;
        }
    }
}
