/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server.config;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a value can be, how it is written, and how it is read. */
public enum Type {
    /** {@code true} or {@code false}. */
    BOOLEAN("true or false"),
    /** A whole number. */
    NUMBER("whole number"),
    /** A number with a fraction. */
    DECIMAL("number"),
    /** A number with a unit of time. */
    DURATION("duration: 500ms, 10s, 5m, 1h, 1d"),
    /** Octets, as a number alone or with a unit. */
    SIZE("size: 4096, 64 KiB, 16 MiB, 1 GiB"),
    /** Any text. */
    TEXT("text"),
    /** A list of texts; in the environment and in flags with commas between. */
    TEXTS("list of texts"),
    /** One of a few words. */
    CHOICE("one of"),
    /** A file; what is not absolute in a file lies beside that file. */
    FILE("file");

    private static final Pattern DURATIONS = Pattern.compile("(\\d{1,15})\\s*(ms|s|m|h|d)");
    private static final Pattern SIZES = Pattern.compile("(\\d{1,15})\\s*(B|KiB|MiB|GiB|KB|MB|GB)?");
    private static final List<String> TIME_UNITS = List.of("d", "h", "m", "s");

    private final String text;

    Type(String text) {
        this.text = text;
    }

    /** For people, and how to write it. */
    public String text() {
        return text;
    }

    /**
     * Reads a value: a Boolean, Long, Double, Duration, Long, String, list of String, String or Path, in the order of the types.
     *
     * @throws IllegalArgumentException if it is none; the message says what it should be
     */
    Object parse(String value, List<String> choices) {
        return switch (this) {
            case BOOLEAN -> flag(value);
            case NUMBER -> number(value);
            case DECIMAL -> decimal(value);
            case DURATION -> duration(value);
            case SIZE -> size(value);
            case TEXT -> value;
            case TEXTS ->
                Arrays.stream(value.split(","))
                        .map(String::strip)
                        .filter(one -> !one.isEmpty())
                        .toList();
            case CHOICE -> choice(value, choices);
            case FILE -> file(value);
        };
    }

    private static Boolean flag(String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(quoted(value) + " is neither true nor false");
        };
    }

    private static Long number(String value) {
        if (!value.matches("[-+]?[0-9_]{1,19}")) {
            throw new IllegalArgumentException(quoted(value) + " is not a whole number");
        }
        try {
            return Long.valueOf(value.replace("_", ""));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(quoted(value) + " is not a whole number", e);
        }
    }

    private static Double decimal(String value) {
        try {
            return new BigDecimal(value).doubleValue();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(quoted(value) + " is not a number", e);
        }
    }

    /**
     * Reads a duration as the configuration has it: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h}, {@code 1d}, or 0.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Duration duration(String value) {
        if (value.equals("0")) {
            return Duration.ZERO;
        }
        Matcher matcher = DURATIONS.matcher(value);
        if (!matcher.matches()) {
            String advice = value.matches("\\d+")
                    ? " needs a unit, as in " + value + "s or " + value + "ms"
                    : " is not a duration, as in 500ms, 10s, 5m, 1h, 1d";
            throw new IllegalArgumentException(quoted(value) + advice);
        }
        try {
            return Duration.ofMillis(Math.multiplyExact(Long.parseLong(matcher.group(1)), millis(matcher.group(2))));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(quoted(value) + " is too long", e);
        }
    }

    private static long millis(String unit) {
        return switch (unit) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            case "d" -> 86_400_000;
            default -> throw new IllegalArgumentException(unit);
        };
    }

    private static Long size(String value) {
        Matcher matcher = SIZES.matcher(value);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(quoted(value) + " is not a size, as in 4096, 64 KiB, 16 MiB, 1 GiB");
        }
        String unit = matcher.group(2) == null ? "B" : matcher.group(2);
        int shift = switch (unit.charAt(0)) {
            case 'K' -> 10;
            case 'M' -> 20;
            case 'G' -> 30;
            default -> 0;
        };
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(quoted(value) + " is too large", e);
        }
    }

    private static String choice(String value, List<String> choices) {
        if (choices.contains(value)) {
            return value;
        }
        throw new IllegalArgumentException(quoted(value) + " is not one of " + String.join(", ", choices)
                + Nearest.to(value, choices)
                        .map(near -> "; did you mean " + near + "?")
                        .orElse(""));
    }

    private static Path file(String value) {
        if (value.isEmpty() || value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(quoted(value) + " is not a file");
        }
        return Path.of(value);
    }

    private static String quoted(String value) {
        String shown = value.length() > 60 ? value.substring(0, 60) + "..." : value;
        return '"' + shown.replaceAll("\\p{Cntrl}", "?") + '"';
    }

    /** The value as one would write it. */
    String show(Object value) {
        return switch (this) {
            case DURATION -> show((Duration) value);
            case SIZE -> showSize((Long) value);
            case DECIMAL ->
                BigDecimal.valueOf((Double) value).stripTrailingZeros().toPlainString();
            case TEXTS -> String.join(",", texts(value));
            default -> String.valueOf(value);
        };
    }

    private static String show(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0";
        }
        for (String unit : TIME_UNITS) {
            if (millis % millis(unit) == 0) {
                return millis / millis(unit) + unit;
            }
        }
        return millis + "ms";
    }

    private static String showSize(long octets) {
        String[] units = {"", " KiB", " MiB", " GiB"};
        long number = octets;
        int unit = 0;
        while (unit < 3 && number > 0 && number % 1024 == 0) {
            number /= 1024;
            unit++;
        }
        return number + units[unit];
    }

    static List<String> texts(Object value) {
        return ((List<?>) value).stream().map(String::valueOf).toList();
    }

    /** As a duration or a size is compared with the bounds of its setting. */
    static long magnitude(Object value) {
        return value instanceof Duration duration ? duration.toMillis() : ((Number) value).longValue();
    }

    /** {@code outboxHighWater}: {@code outbox-high-water}; {@code DROP_OLDEST}: {@code drop-oldest}. */
    static String name(String javaName) {
        String text = javaName.indexOf('_') >= 0 || javaName.equals(javaName.toUpperCase(Locale.ROOT))
                ? javaName.replace('_', '-')
                : javaName.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-");
        return text.toLowerCase(Locale.ROOT);
    }
}
