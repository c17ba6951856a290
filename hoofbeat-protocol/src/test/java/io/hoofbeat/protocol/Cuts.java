/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** The ways in which a network may cut what was sent. */
final class Cuts {

    private Cuts() {}

    static List<byte[]> whole(byte[] input) {
        return List.of(input);
    }

    static List<byte[]> octetByOctet(byte[] input) {
        List<byte[]> pieces = new ArrayList<>(input.length);
        for (byte octet : input) {
            pieces.add(new byte[] {octet});
        }
        return pieces;
    }

    /** Pieces of very different lengths, empty ones too. */
    static List<byte[]> random(byte[] input, Random random) {
        List<byte[]> pieces = new ArrayList<>();
        int longest = 1 << random.nextInt(10);
        for (int at = 0; at < input.length; ) {
            int length = Math.min(input.length - at, random.nextInt(longest + 1));
            pieces.add(Arrays.copyOfRange(input, at, at + length));
            at += length;
        }
        return pieces;
    }
}
