/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.protocol.Decoded.Memory;
import io.hoofbeat.protocol.FrameDecoder.Side;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is written is read again, for frames made at random from the characters that make trouble. */
class RoundTripTest {

    private static final String[] PIECES = {
        "a",
        "destination",
        "content-length",
        "\n",
        "\r",
        "\r\n",
        ":",
        "\\",
        "\\n",
        "\\c",
        " ",
        "\t",
        "é",
        "€",
        "😀",
        "\u0001",
        "\u007f",
        "\u00a0",
        "\ufeff",
        "0",
        "longer text in the middle"
    };

    @ParameterizedTest(name = "{0}, seed 1")
    @EnumSource(Version.class)
    @Tag("S11-ESC-10")
    @Tag("S10-BODY-9")
    void s11_esc_11_whatIsWrittenIsRead(Version version) {
        roundTrips(version, new Random(1));
    }

    private static void roundTrips(Version version, Random random) {
        for (int run = 0; run < 5_000; run++) {
            Side reader = random.nextBoolean() ? Side.SERVER : Side.CLIENT;
            List<String> expected = new ArrayList<>();
            ByteBuf out = Unpooled.buffer();
            for (int i = random.nextInt(3); i >= 0; i--) {
                Frame frame = frame(reader, version, random);
                FrameEncoder.encode(frame, version, out);
                expected.add(Decoded.show(Carried.by(version, frame)));
                if (random.nextBoolean()) {
                    out.writeByte('\n');
                }
            }
            byte[] octets = ByteBufUtil.getBytes(out);
            List<byte[]> pieces = random.nextBoolean() ? Cuts.whole(octets) : Cuts.random(octets, random);
            Decoded decoded = Decoded.of(reader, CodecLimits.DEFAULT, version, null, pieces, Memory.HEAP);
            assertThat(decoded.error()).as("run %d, %s", run, decoded.message()).isNull();
            assertThat(decoded.frames()).as("run %d", run).isEqualTo(expected);
        }
    }

    private static Frame frame(Side reader, Version version, Random random) {
        List<Command> commands = Stream.of(Command.values())
                .filter(c -> c.isFromClient() == (reader == Side.SERVER) && c.isIn(version) && !c.isRaw())
                .toList();
        Command command = commands.get(random.nextInt(commands.size()));
        Headers.Builder headers = Headers.builder();
        for (int i = random.nextInt(6); i > 0; i--) {
            headers.add(text(random, 1), text(random, 0));
        }
        byte[] body = {};
        if (command.mayHaveBody() && random.nextInt(4) > 0) {
            body = new byte[random.nextInt(random.nextBoolean() ? 20 : 20_000)];
            random.nextBytes(body);
            headers.add("content-length", Integer.toString(body.length));
        }
        return new Frame(command, headers.build(), body);
    }

    private static String text(Random random, int least) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6) + least; i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }
}
