/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can be configured.
 *
 * @param path its name with those of the groups around it: {@code broker.outbox-high-water}
 * @param type what its value can be
 * @param text what it is, one sentence
 * @param min the least value, in milliseconds for durations; means nothing for texts
 * @param max the greatest value
 * @param secret whether it must not be shown
 * @param required whether an item of a list is wrong without it
 * @param choices the words that {@link Type#CHOICE} may be
 * @param standard the value if nobody says anything else, as the type has it; null if there is none
 * @param standardText the same for people, the same on every machine
 */
public record Option(
        String path,
        Type type,
        String text,
        long min,
        long max,
        boolean secret,
        boolean required,
        List<String> choices,
        @Nullable Object standard,
        String standardText) {

    /** Of no bounds, neither secret nor required, without default. */
    static Option of(String path, Type type, String text) {
        return new Option(path, type, text, 0, Long.MAX_VALUE, false, false, List.of(), null, "");
    }

    Option within(long least, long greatest) {
        return new Option(path, type, text, least, greatest, secret, required, choices, standard, standardText);
    }

    Option secretIf(boolean isSecret) {
        return new Option(path, type, text, min, max, isSecret, required, choices, standard, standardText);
    }

    Option asRequired() {
        return new Option(path, type, text, min, max, secret, true, choices, standard, standardText);
    }

    Option withChoices(List<String> words) {
        return new Option(path, type, text, min, max, secret, required, words, standard, standardText);
    }

    Option withStandard(@Nullable Object value) {
        return new Option(
                path, type, text, min, max, secret, required, choices, value, value == null ? "" : type.show(value));
    }

    Option withStandardText(String words) {
        return new Option(path, type, text, min, max, secret, required, choices, standard, words);
    }

    /** The last part of the path. */
    public String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** The variable of the environment: {@code HOOFBEAT_BROKER_OUTBOX_HIGH_WATER}. */
    public String variable() {
        return variable(path);
    }

    static String variable(String path) {
        return "HOOFBEAT_" + path.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /**
     * Reads a value and checks its bounds.
     *
     * @throws IllegalArgumentException if it is wrong; the message does not name the option, and shows no secret
     */
    Object parse(String value) {
        try {
            Object parsed = type.parse(value, choices);
            checkBounds(parsed);
            return parsed;
        } catch (IllegalArgumentException e) {
            if (secret) {
                throw new IllegalArgumentException("is not a " + type.text() + " (the value is secret)", null);
            }
            throw e;
        }
    }

    private void checkBounds(Object value) {
        if (!(value instanceof Number) && !(value instanceof Duration)) {
            return;
        }
        long magnitude = Type.magnitude(value);
        if (magnitude < min || (magnitude == max ? exceeds(value) : magnitude > max)) {
            String what = magnitude < min ? "small (at least " + bound(min) : "large (at most " + bound(max);
            throw new IllegalArgumentException(type.show(value) + " is too " + what + ")");
        }
    }

    /** A fraction beyond the bound. */
    private boolean exceeds(Object value) {
        return value instanceof Double number && number > max;
    }

    /** A bound as one would write it as a value. */
    String bound(long bound) {
        return switch (type) {
            case DURATION -> type.show(Duration.ofMillis(bound));
            case SIZE -> type.show(bound);
            default -> Long.toString(bound);
        };
    }

    /** The value for people; secrets masked. */
    String show(Object value) {
        return secret ? "********" : type.show(value);
    }
}
