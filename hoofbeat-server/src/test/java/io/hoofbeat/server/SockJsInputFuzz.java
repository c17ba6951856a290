/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What SockJS clients might send instead of an array of strings. In an ordinary build these run on some inputs only; with
 * {@code JAZZER_FUZZ=1} Jazzer makes inputs of its own, starting from them.
 */
class SockJsInputFuzz {
    private static final int MOST = 1_000;

    /** Either it is refused, or it is what comes out when it is written and read again; and it is never longer than it was. */
    @MethodSource("inputs")
    @FuzzTest(maxDuration = "2m")
    void anything(byte[] input) {
        JsonStrings strings = JsonStrings.read(Unpooled.wrappedBuffer(input), true, MOST);
        if (strings == null) {
            return;
        }
        assertThat(strings.all().readableBytes()).isLessThanOrEqualTo(input.length);
        assertThat(strings.count()).isLessThanOrEqualTo(MOST);
        List<String> texts = SockJsTextTest.texts(strings);
        String json = texts.stream()
                .map(text -> "\"" + new String(JsonText.quote(text.getBytes(UTF_8)), UTF_8) + "\"")
                .collect(Collectors.joining(",", "[", "]"));
        JsonStrings again = JsonStrings.read(Unpooled.wrappedBuffer(json.getBytes(UTF_8)), true, MOST);
        assertThat(again).isNotNull();
        assertThat(SockJsTextTest.texts(java.util.Objects.requireNonNull(again)))
                .isEqualTo(texts);
    }

    static Stream<byte[]> inputs() {
        return Stream.concat(
                Stream.of(
                                "[]",
                                "[\"a\"]",
                                "\"a\"",
                                "[\"a\",\"b\"]",
                                " [ \"\\u00e9\\ud83d\\ude00\\ud800\" ] ",
                                "[\"\u00e9\u20ac\"]",
                                "[1]")
                        .map(text -> text.getBytes(UTF_8)),
                Stream.of("[\"\u00ed\u00a0\u0080\"]", "[\"\u00ff\"]", "[\"\\", "[\"\\ud800\\u", "[[[[")
                        .map(text -> text.getBytes(ISO_8859_1)));
    }
}
