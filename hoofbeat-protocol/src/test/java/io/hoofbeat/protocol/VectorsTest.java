/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.hoofbeat.protocol.Decoded.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/** Runs every vector in each of its versions, cut in every way that a network may cut it. */
class VectorsTest {

    private static final int RANDOM_CUTS = 8;
    private static final byte[] GOOD_FRAMES =
            "\n\0SEND\ndestination:/queue/a\n\nx\0CONNECT\n\n\0CONNECTED\n\n\0".getBytes(US_ASCII);

    @Test
    void allVectorsAreThere() {
        assertThat(Vector.all()).hasSize(236);
    }

    @TestFactory
    Stream<DynamicTest> vectors() {
        return Vector.all().stream().flatMap(VectorsTest::tests);
    }

    private static Stream<DynamicTest> tests(Vector vector) {
        List<DynamicTest> tests = new ArrayList<>();
        for (Version version : vector.versions()) {
            List<byte[]> whole = Cuts.whole(vector.input());
            List<byte[]> octets = Cuts.octetByOctet(vector.input());
            tests.add(test(vector, version, "whole", () -> check(vector, version, whole, Memory.HEAP)));
            tests.add(test(vector, version, "whole, direct", () -> check(vector, version, whole, Memory.DIRECT)));
            tests.add(test(vector, version, "octet by octet", () -> check(vector, version, octets, Memory.HEAP)));
            long seed = vector.id().hashCode();
            tests.add(test(vector, version, "cut at random, seed " + seed, () -> cutAtRandom(vector, version, seed)));
        }
        return tests.stream();
    }

    private static DynamicTest test(Vector vector, @Nullable Version version, String how, Executable test) {
        String versions = (version == null ? "new" : version.text())
                + (vector.then() == null ? "" : " then " + vector.then().text());
        return dynamicTest(vector.id() + " " + vector.name() + " [" + versions + ", " + how + "]", test);
    }

    private static void cutAtRandom(Vector vector, @Nullable Version version, long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < RANDOM_CUTS; i++) {
            check(vector, version, Cuts.random(vector.input(), random), i % 2 == 0 ? Memory.DIRECT : Memory.HEAP);
        }
    }

    private static void check(Vector vector, @Nullable Version version, List<byte[]> pieces, Memory memory) {
        List<byte[]> input = new ArrayList<>(pieces);
        if (vector.error() != null) {
            // Nothing may come out after an error, neither of these pieces nor of those that follow.
            input.add(GOOD_FRAMES);
        }
        Decoded decoded = Decoded.of(vector.side(), Vector.LIMITS, version, vector.then(), input, memory);
        assertThat(decoded.frames()).isEqualTo(vector.frames());
        assertThat(decoded.error()).as(decoded.message()).isEqualTo(vector.error());
        assertThat(decoded.lineEnds()).isEqualTo(vector.lineEnds());
        assertThat(decoded.insideFrame()).isEqualTo(vector.partial());
        if (decoded.message() != null) {
            assertThat(decoded.message()).hasSizeBetween(10, 120).doesNotContainPattern("[:\\\\\\p{Cntrl}]");
        }
    }
}
