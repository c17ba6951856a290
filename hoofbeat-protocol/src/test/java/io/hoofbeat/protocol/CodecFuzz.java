/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.hoofbeat.protocol.Decoded.Memory;
import io.hoofbeat.protocol.FrameDecoder.Side;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Inputs that nobody thought of. In an ordinary build these run on the vectors only; with {@code JAZZER_FUZZ=1} Jazzer makes
 * inputs of its own, starting from them, until it finds something or the time is up.
 *
 * <p>The first octet of an input chooses side, version and limits, the second the cuts; the others go to the decoder. Bodies
 * are practically without limit in half of the runs: in the small heap of these tests, memory taken for octets that were only
 * announced would be noticed.
 */
class CodecFuzz {

    private static final CodecLimits WIDE =
            new CodecLimits(32, 256, 16_384, 65_536, Integer.MAX_VALUE, Integer.MAX_VALUE);
    private static final CodecLimits NARROW = new CodecLimits(12, 3, 40, 80, 24, 100);

    /** What the first octet of an input says. */
    private record Choice(
            Side side, @Nullable Version version, @Nullable Version then, CodecLimits limits) {

        static Choice of(int octet) {
            Version version = version(octet >> 1);
            return new Choice(
                    (octet & 1) == 0 ? Side.SERVER : Side.CLIENT,
                    version,
                    version == null ? version(octet >> 3) : null,
                    (octet & 32) == 0 ? WIDE : NARROW);
        }

        static int octet(Side side, @Nullable Version version, @Nullable Version then) {
            return (side == Side.SERVER ? 0 : 1) | bits(version) << 1 | bits(then) << 3;
        }

        private static int bits(@Nullable Version version) {
            return version == null ? 3 : List.of(Version.values()).indexOf(version);
        }

        private static @Nullable Version version(int bits) {
            return switch (bits & 3) {
                case 0 -> Version.V1_0;
                case 1 -> Version.V1_1;
                case 2 -> Version.V1_2;
                default -> null;
            };
        }

        Decoded decode(List<byte[]> pieces, Memory memory) {
            return Decoded.of(side, limits, version, then, pieces, memory);
        }
    }

    /** Every vector, in its first version. */
    static Stream<byte[]> vectors() {
        return Vector.all().stream().map(vector -> {
            byte[] seed = new byte[vector.input().length + 2];
            seed[0] = (byte) Choice.octet(vector.side(), vector.versions().get(0), vector.then());
            System.arraycopy(vector.input(), 0, seed, 2, vector.input().length);
            return seed;
        });
    }

    @MethodSource("vectors")
    @FuzzTest(maxDuration = "10m")
    void cutsChangeNothing(byte[] data) {
        if (data.length < 2) {
            return;
        }
        Choice choice = Choice.of(data[0]);
        byte[] input = Arrays.copyOfRange(data, 2, data.length);
        Random random = new Random(Arrays.hashCode(data));
        Decoded whole = choice.decode(Cuts.whole(input), Memory.HEAP);
        check(whole, choice.decode(Cuts.whole(input), Memory.DIRECT), "whole, direct");
        check(whole, choice.decode(Cuts.octetByOctet(input), Memory.HEAP), "octet by octet");
        check(whole, choice.decode(Cuts.random(input, random), Memory.HEAP), "cut");
        check(whole, choice.decode(Cuts.random(input, random), Memory.DIRECT), "cut, direct");
    }

    private static void check(Decoded whole, Decoded cut, String how) {
        if (!whole.equals(cut)) {
            throw new AssertionError("whole: " + whole + "\n" + how + ": " + cut);
        }
    }

    @MethodSource("vectors")
    @FuzzTest(maxDuration = "10m")
    void whatIsReadCanBeWrittenAndReadAgain(byte[] data) {
        if (data.length < 2) {
            return;
        }
        Choice choice = Choice.of(data[0]);
        ByteBuf in = Unpooled.wrappedBuffer(data, 2, data.length - 2);
        for (Frame frame : frames(choice, in)) {
            for (Version version : Version.values()) {
                if (frame.command().isIn(version)) {
                    writeAndRead(choice.side(), frame, version);
                }
            }
        }
    }

    private static List<Frame> frames(Choice choice, ByteBuf in) {
        FrameDecoder decoder = new FrameDecoder(choice.side(), WIDE);
        if (choice.version() != null) {
            decoder.use(choice.version());
        }
        List<Frame> frames = new ArrayList<>();
        try {
            Frame frame;
            while ((frame = decoder.decode(in)) != null) {
                frames.add(frame);
                if (choice.then() != null) {
                    decoder.use(choice.then());
                }
            }
        } catch (ProtocolException e) {
            // The frames before the fault are good.
        }
        return frames;
    }

    private static void writeAndRead(Side reader, Frame frame, Version version) {
        ByteBuf out = Unpooled.buffer();
        try {
            FrameEncoder.encode(frame, version, out);
        } catch (IllegalArgumentException e) {
            if (frame.command().isRaw() && !out.isReadable()) {
                return;
            }
            throw e;
        }
        List<byte[]> written = Cuts.whole(ByteBufUtil.getBytes(out));
        Decoded read = Decoded.of(reader, WIDE, version, null, written, Memory.HEAP);
        List<String> expected = List.of(Decoded.show(Carried.by(version, frame)));
        if (!read.frames().equals(expected) || read.insideFrame() || read.lineEnds() > 0) {
            throw new AssertionError("expected " + expected + " in " + version + ", read " + read);
        }
    }
}
