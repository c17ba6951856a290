/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a frame: ordered, immutable, decoded. Of several entries of one name the first is the value (S11-REP-1).
 *
 * <p>They stay octets until a text is asked for: most headers of most messages are only passed through. The entries lie one
 * behind the other in one array, name and value without separators; {@code ends} has two positions for each entry.
 */
public final class Headers {

    public static final Headers EMPTY = new Headers(new byte[0], new int[0], 0);

    /** Names and values in UTF-8, unescaped. */
    final byte[] octets;

    /** For entry i: where its name ends at 2i, where its value ends at 2i+1. */
    final int[] ends;

    private final int size;

    Headers(byte[] octets, int[] ends, int size) {
        this.octets = octets;
        this.ends = ends;
        this.size = size;
    }

    /** From names and values in turn. */
    public static Headers of(String... namesAndValues) {
        Builder builder = new Builder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            builder.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return builder.build();
    }

    public static Builder builder() {
        return new Builder();
    }

    public int size() {
        return size;
    }

    public String name(int index) {
        int start = nameStart(index);
        return new String(octets, start, nameEnd(index) - start, UTF_8);
    }

    public String value(int index) {
        int start = nameEnd(index);
        return new String(octets, start, valueEnd(index) - start, UTF_8);
    }

    /** The first value of that name, null if there is none. */
    public @Nullable String get(String name) {
        int index = indexOf(name);
        return index < 0 ? null : value(index);
    }

    public boolean contains(String name) {
        return indexOf(name) >= 0;
    }

    /** All values of that name in their order. */
    public List<String> all(String name) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            if (isNamed(i, name)) {
                values.add(value(i));
            }
        }
        return values;
    }

    /** Where the first entry of that name is, or -1. */
    public int indexOf(String name) {
        for (int i = 0; i < size; i++) {
            if (isNamed(i, name)) {
                return i;
            }
        }
        return -1;
    }

    /** Whether the entry's name is that one. What is outside ASCII is compared too, at the price of a text. */
    public boolean isNamed(int index, String name) {
        return is(nameStart(index), nameEnd(index), name);
    }

    /** Whether the entry's value is that one, in the same way. */
    public boolean isValue(int index, String value) {
        return is(nameEnd(index), valueEnd(index), value);
    }

    private boolean is(int start, int end, String text) {
        int length = end - start;
        if (length < text.length()) {
            return false; // no character takes less than an octet
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 128) {
                return text.equals(new String(octets, start, length, UTF_8));
            }
            if (octets[start + i] != c) {
                return false;
            }
        }
        return length == text.length();
    }

    /** How many octets names and values have together. */
    public int octets() {
        return size == 0 ? 0 : valueEnd(size - 1);
    }

    int nameStart(int index) {
        return index == 0 ? 0 : ends[2 * index - 1];
    }

    int nameEnd(int index) {
        return ends[2 * index];
    }

    int valueEnd(int index) {
        return ends[2 * index + 1];
    }

    /** That some version can carry that entry: its name is not empty, and there is no NUL (SX-DOWN-1). */
    static void check(String name, String value) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a header needs a name");
        }
        if (name.indexOf(0) >= 0 || value.indexOf(0) >= 0) {
            throw new IllegalArgumentException("NUL in the header " + name.replace('\0', ' '));
        }
    }

    /** For people: one header a line, as decoded, but no passcode. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < size; i++) {
            text.append(name(i))
                    .append(':')
                    .append(isNamed(i, "passcode") ? "***" : value(i))
                    .append('\n');
        }
        return text.toString();
    }

    /** Collects entries in order. */
    public static final class Builder {
        private byte[] octets = new byte[64];
        private int[] ends = new int[8];
        private int used;
        private int size;

        private Builder() {}

        /** Appends an entry. Neither may contain NUL, which no version can carry (SX-DOWN-1). */
        public Builder add(String name, String value) {
            check(name, value);
            append(name.getBytes(UTF_8));
            mark(2 * size);
            append(value.getBytes(UTF_8));
            mark(2 * size + 1);
            size++;
            return this;
        }

        /** Appends all entries of the other. */
        public Builder addAll(Headers other) {
            for (int i = 0; i < other.size; i++) {
                add(other, i);
            }
            return this;
        }

        /** Appends one entry of the other. */
        public Builder add(Headers other, int index) {
            append(other.octets, other.nameStart(index), other.nameEnd(index));
            mark(2 * size);
            append(other.octets, other.nameEnd(index), other.valueEnd(index));
            mark(2 * size + 1);
            size++;
            return this;
        }

        public Headers build() {
            if (size == 0) {
                return EMPTY;
            }
            return new Headers(Arrays.copyOf(octets, used), Arrays.copyOf(ends, 2 * size), size);
        }

        private void append(byte[] more) {
            append(more, 0, more.length);
        }

        private void append(byte[] from, int start, int end) {
            int length = end - start;
            if (used + length > octets.length) {
                octets = Arrays.copyOf(octets, Math.max(octets.length * 2, used + length));
            }
            System.arraycopy(from, start, octets, used, length);
            used += length;
        }

        private void mark(int at) {
            if (at >= ends.length) {
                ends = Arrays.copyOf(ends, ends.length * 2);
            }
            ends[at] = used;
        }
    }
}
