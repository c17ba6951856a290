/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.hoofbeat.protocol.FrameDecoder.Side;
import io.hoofbeat.protocol.ProtocolException.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The default limits: what is as large as they allow passes, one more fails, and fails at that octet (SX-LIM-7). */
@Tag("SX-LIM-7")
class CodecLimitsTest {

    private static final CodecLimits LIMITS = CodecLimits.DEFAULT;
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    /** How the octets come: in one buffer of one kind or the other, or each in its own. */
    enum Feed {
        WHOLE,
        WHOLE_DIRECT,
        OCTET_BY_OCTET
    }

    static Stream<Arguments> feedsAndVersions() {
        return Stream.of(Feed.values())
                .flatMap(feed -> Stream.of(Version.values()).map(version -> arguments(feed, version)));
    }

    @ParameterizedTest
    @MethodSource("feedsAndVersions")
    @Tag("S11-LIM-1")
    void sx_lim_1_256HeadersPass(Feed feed, Version version) {
        assertThat(decode(feed, version, "SEND\n" + "a:b\n".repeat(256) + "\n\0"))
                .isEqualTo(256);
        assertRefused(feed, version, "SEND\n" + "a:b\n".repeat(256) + "a:", Kind.TOO_MANY_HEADERS);
    }

    @ParameterizedTest
    @MethodSource("feedsAndVersions")
    @Tag("S11-LIM-2")
    void sx_lim_2_aHeaderLineHas16KibOctets(Feed feed, Version version) {
        String longest = "a:" + "b".repeat(16 * KIB - 2);
        assertThat(decode(feed, version, "SEND\n" + longest + "\n\n\0")).isEqualTo(1);
        assertRefused(feed, version, "SEND\n" + longest + "b", Kind.HEADER_LINE_TOO_LONG);
        // Nothing but a name is no better.
        assertRefused(feed, version, "SEND\n" + "a".repeat(16 * KIB + 1), Kind.HEADER_LINE_TOO_LONG);
        // Characters of four octets, the last of them cut.
        String emoji = "a:" + "😀".repeat(4 * KIB - 1) + "bc";
        assertThat(decode(feed, version, "SEND\n" + emoji + "\n\n\0")).isEqualTo(1);
        assertRefused(feed, version, "SEND\na:" + "😀".repeat(4 * KIB - 1) + "€", Kind.HEADER_LINE_TOO_LONG);
    }

    @ParameterizedTest
    @MethodSource("feedsAndVersions")
    void sx_lim_2_theCarriageReturnOfALineEndDoesNotCount(Feed feed, Version version) {
        String longest = "a:" + "b".repeat(16 * KIB - 2);
        assertThat(decode(feed, version, "SEND\r\n" + longest + "\r\n\r\n\0")).isEqualTo(1);
        if (version != Version.V1_2) {
            assertRefused(feed, version, "SEND\r\n" + longest + "\rb", Kind.HEADER_LINE_TOO_LONG);
        }
    }

    @ParameterizedTest
    @MethodSource("feedsAndVersions")
    void sx_lim_2_escapesCountAsTheyAreWritten(Feed feed, Version version) {
        String longest = "a:" + "\\c".repeat(8 * KIB - 1);
        assertThat(decode(feed, version, "SEND\n" + longest + "\n\n\0")).isEqualTo(1);
        assertRefused(feed, version, "SEND\n" + longest + "\\", Kind.HEADER_LINE_TOO_LONG);
    }

    @ParameterizedTest
    @MethodSource("feedsAndVersions")
    void sx_lim_2_theHeadersHave64KibOctets(Feed feed, Version version) {
        String lines = ("a:" + "b".repeat(16 * KIB - 2) + "\n").repeat(4);
        assertThat(decode(feed, version, "SEND\n" + lines + "\n\0")).isEqualTo(4);
        assertThat(decode(feed, version, "SEND\r\n" + lines + "\r\n\0")).isEqualTo(4);
        assertRefused(feed, version, "SEND\n" + lines + "a", Kind.HEADERS_TOO_LARGE);
        // The limit is met within a value.
        String shorter = ("a:" + "b".repeat(15 * KIB - 2) + "\n").repeat(4) + "a:" + "b".repeat(4 * KIB - 2);
        assertThat(decode(feed, version, "SEND\n" + shorter + "\n\n\0")).isEqualTo(5);
        assertRefused(feed, version, "SEND\n" + shorter + "b", Kind.HEADERS_TOO_LARGE);
    }

    @ParameterizedTest
    @EnumSource(Feed.class)
    @Tag("S11-LIM-3")
    void sx_lim_3_aBodyHas16MibOctets(Feed feed) {
        byte[] body = new byte[16 * MIB];
        Arrays.fill(body, (byte) 'b');
        String announced = "SEND\ncontent-length:" + 16 * MIB + "\n\n";
        assertThat(decode(feed, Version.V1_2, join(announced, body, "\0"))).isEqualTo(1);
        assertThat(decode(feed, Version.V1_2, join("SEND\n\n", body, "\0"))).isZero();
        assertRefused(feed, Version.V1_2, join("SEND\n\n", body, "b"), Kind.BODY_TOO_LARGE);
    }

    @ParameterizedTest
    @MethodSource("feedsAndVersions")
    @Tag("S11-LIM-3")
    void sx_lim_3_aBodyAnnouncedTooLargeIsRefusedAtTheEndOfTheHead(Feed feed, Version version) {
        assertRefused(feed, version, "SEND\ncontent-length:" + (16 * MIB + 1) + "\n\n", Kind.BODY_TOO_LARGE);
    }

    @ParameterizedTest
    @EnumSource(Feed.class)
    void sx_lim_4_aConnectFrameHas32KibOctets(Feed feed) {
        String lines = "CONNECT\na:" + "b".repeat(16 * KIB - 2) + "\nc:";
        String head = lines + "d".repeat(32 * KIB - lines.length() - 3) + "\n\n";
        assertThat(decode(feed, null, head + "\0")).isEqualTo(2);
        assertThat(decode(feed, null, "\n\r\n\0" + head + "\0")).isEqualTo(2);
        assertRefused(feed, null, head + "\n", Kind.BODY_TOO_LARGE);
        String longer = lines + "d".repeat(32 * KIB - lines.length());
        assertRefused(feed, null, longer + "d", Kind.HEADERS_TOO_LARGE);
        assertRefused(feed, null, longer + "\n", Kind.HEADERS_TOO_LARGE);
        assertRefused(feed, null, "CONNECT\ncontent-length:32768\n\n", Kind.BODY_TOO_LARGE);
        int room = 32 * KIB - "CONNECT\ncontent-length:32730\n\n\0".length();
        String announced = "CONNECT\ncontent-length:" + room + "\n\n";
        assertThat(decode(feed, null, announced + "\n".repeat(room) + "\0")).isEqualTo(1);
        assertRefused(feed, null, "CONNECT\ncontent-length:" + (room + 1) + "\n\n", Kind.BODY_TOO_LARGE);
    }

    @ParameterizedTest
    @EnumSource(Feed.class)
    void sx_lim_4_itHoldsForWhatIsNoConnectToo(Feed feed) {
        // Its end is never reached, so it is refused for being no CONNECT.
        assertRefused(feed, null, "SEND\n\n" + "x".repeat(32 * KIB - 6), Kind.EXPECTED_CONNECT);
    }

    @ParameterizedTest
    @MethodSource("feedsAndVersions")
    void sx_lim_7_limitsHoldForFramesThatWillBeRefused(Feed feed, Version version) {
        assertRefused(feed, version, "FOO\n" + "a:b\n".repeat(256) + "a:", Kind.UNKNOWN_COMMAND);
        assertRefused(feed, version, "FOO\na:" + "b".repeat(16 * KIB - 1), Kind.UNKNOWN_COMMAND);
        assertRefused(feed, version, "FOO\ncontent-length:" + (16 * MIB + 1) + "\n\n", Kind.UNKNOWN_COMMAND);
    }

    @Test
    void sx_lim_3_bodiesOfNothingCanBeTheLimit() {
        CodecLimits none = new CodecLimits(32, 1, 1, 1, 0, 1);
        FrameDecoder decoder = new FrameDecoder(Side.SERVER, none);
        decoder.use(Version.V1_2);
        assertThat(decoder.decode(Unpooled.copiedBuffer("SEND\n\n\0", US_ASCII)))
                .isNotNull();
        assertThatIllegalArgumentException().isThrownBy(() -> new CodecLimits(32, 1, 1, 1, -1, 1));
    }

    private static byte[] join(String begin, byte[] middle, String end) {
        return Unpooled.wrappedBuffer(begin.getBytes(US_ASCII), middle, end.getBytes(US_ASCII))
                .copy()
                .array();
    }

    private static int decode(Feed feed, @Nullable Version version, String input) {
        return decode(feed, version, input.getBytes(UTF_8));
    }

    private static void assertRefused(Feed feed, @Nullable Version version, String input, Kind kind) {
        assertRefused(feed, version, input.getBytes(UTF_8), kind);
    }

    /** How many headers the only frame has. */
    private static int decode(Feed feed, @Nullable Version version, byte[] input) {
        FrameDecoder decoder = decoder(version);
        assertThat(feed(feed, decoder, input, 0, input.length - 1)).isNull();
        Frame frame = feed(feed, decoder, input, input.length - 1, input.length);
        return frame == null ? fail("no frame came") : frame.headers().size();
    }

    /** That all octets but the last pass, and the last is the one that is refused; and the same if they come at once. */
    private static void assertRefused(Feed feed, @Nullable Version version, byte[] input, Kind kind) {
        FrameDecoder decoder = decoder(version);
        assertThat(feed(feed, decoder, input, 0, input.length - 1)).isNull();
        assertThat(decoder.isInsideFrame()).isTrue();
        assertThat(refusal(feed, decoder, input, input.length - 1)).isEqualTo(kind);
        assertThat(refusal(feed, decoder(version), input, 0)).isEqualTo(kind);
    }

    private static @Nullable Kind refusal(Feed feed, FrameDecoder decoder, byte[] input, int from) {
        try {
            feed(feed, decoder, input, from, input.length);
            return null;
        } catch (ProtocolException e) {
            return e.kind();
        }
    }

    private static FrameDecoder decoder(@Nullable Version version) {
        FrameDecoder decoder = new FrameDecoder(Side.SERVER, LIMITS);
        if (version != null) {
            decoder.use(version);
        }
        return decoder;
    }

    private static @Nullable Frame feed(Feed feed, FrameDecoder decoder, byte[] input, int from, int to) {
        switch (feed) {
            case WHOLE -> {
                return decoder.decode(Unpooled.wrappedBuffer(input, from, to - from));
            }
            case WHOLE_DIRECT -> {
                ByteBuf direct = Unpooled.directBuffer(to - from).writeBytes(input, from, to - from);
                try {
                    return decoder.decode(direct);
                } finally {
                    direct.release();
                }
            }
            case OCTET_BY_OCTET -> {
                ByteBuf octet = Unpooled.buffer(1);
                Frame frame = null;
                for (int i = from; i < to && frame == null; i++) {
                    frame = decoder.decode(octet.clear().writeByte(input[i]));
                }
                return frame;
            }
        }
        throw new AssertionError();
    }
}
