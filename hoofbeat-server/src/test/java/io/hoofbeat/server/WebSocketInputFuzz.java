/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.hoofbeat.server.WebSocketInputTest.Read;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * WebSocket frames that nobody thought of, compressed ones among them. In an ordinary build these run on some frames only; with
 * {@code JAZZER_FUZZ=1} Jazzer makes inputs of its own, starting from them.
 */
class WebSocketInputFuzz {

    /** The first octet chooses the cuts. Whatever comes: the same as octet by octet, and nothing but a WebSocketException. */
    @MethodSource("frames")
    @FuzzTest(maxDuration = "2m")
    void anything(byte[] input) {
        if (input.length < 2) {
            return;
        }
        byte[] octets = Arrays.copyOfRange(input, 1, input.length);
        Read atOnce = WebSocketInputTest.read(octets, new Random(input[0]));
        Read byOctet = WebSocketInputTest.read(octets, new Random() {
            private static final long serialVersionUID = 1L;

            @Override
            public int nextInt(int bound) {
                return 0;
            }
        });
        assertThat(atOnce.end()).isEqualTo(byOctet.end());
        assertThat(atOnce.pings()).isEqualTo(byOctet.pings());
        if (atOnce.end() >= 0) {
            assertThat(atOnce.octets()).isEqualTo(byOctet.octets());
        }
        assertThat((long) atOnce.octets().size()).isLessThanOrEqualTo(WebSocketInputTest.MOST_INFLATED * 32);
    }

    static Stream<byte[]> frames() {
        return Stream.concat(
                Stream.of("81", "8100", "8180", "880203e8", "c10100", "010080", "8a7dff")
                        .map(hex -> java.util.HexFormat.of().parseHex("00" + hex)),
                Stream.iterate(0, seed -> seed < 50, seed -> seed + 1).map(seed -> {
                    Random random = new Random(seed);
                    ByteArrayOutputStream wire = new ByteArrayOutputStream();
                    wire.write(seed);
                    WebSocketInputTest.message(random, new ByteArrayOutputStream(), wire, new ArrayList<>());
                    WebSocketInputTest.message(random, new ByteArrayOutputStream(), wire, new ArrayList<>());
                    return wire.toByteArray();
                }));
    }
}
