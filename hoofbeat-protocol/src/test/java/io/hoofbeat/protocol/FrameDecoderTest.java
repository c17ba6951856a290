/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import io.hoofbeat.protocol.FrameDecoder.Side;
import io.hoofbeat.protocol.ProtocolException.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the vectors do not show: what an error carries, what stays in the buffer, and how much memory is taken. */
class FrameDecoderTest {

    /** The octets of a ByteBuffer. */
    private static final int VIEW = 64;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void sx_conn_3_whatIsBehindAFrameStaysInTheBuffer() {
        FrameDecoder decoder = new FrameDecoder(Side.SERVER, CodecLimits.DEFAULT);
        ByteBuf in = buffer("CONNECT\n\n\0SEND\nfoo:a\\cb\n\n\0\n");
        assertThat(decode(decoder, in).command()).isEqualTo(Command.CONNECT);
        assertThat(in.toString(UTF_8)).isEqualTo("SEND\nfoo:a\\cb\n\n\0\n");
        decoder.use(Version.V1_2);
        assertThat(decode(decoder, in).headers().get("foo")).isEqualTo("a:b");
        assertThat(decoder.lineEnds()).isZero();
        assertThat(decoder.decode(in)).isNull();
        assertThat(decoder.lineEnds()).isEqualTo(1);
        assertThat(decoder.isInsideFrame()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    @Tag("SX-CMD-1")
    @Tag("S11-ERR-4")
    void s11_err_3_anUnknownCommandIsReadToItsEndForItsReceipt(Version version) {
        FrameDecoder decoder = server(version);
        assertThat(decoder.decode(buffer("FOO\na:1\nreceipt:r1\ncontent-length:3\n\na\0b")))
                .isNull();
        ProtocolException error = refusal(decoder, "\0");
        assertThat(error.kind()).isEqualTo(Kind.UNKNOWN_COMMAND);
        assertThat(error.command()).isEqualTo("FOO");
        assertThat(error.receipt()).isEqualTo("r1");
        assertThat(error).hasMessage("unknown command 'FOO' in STOMP " + version.text());
    }

    @ParameterizedTest
    @CsvSource({
        "FOO\\nreceipt:r\\nbad\\n, UNKNOWN_COMMAND, FOO, r",
        "MESSAGE\\nreceipt:r\\nx:1\\n\\n\\0, UNEXPECTED_COMMAND, MESSAGE, r",
        "SEND\\nreceipt:r\\nbad\\n, BAD_HEADER, SEND, r",
        "SEND\\nbad\\nreceipt:r\\n, BAD_HEADER, SEND,",
        "SEND\\nreceipt:r\\ncontent-length:x\\n\\n, BAD_CONTENT_LENGTH, SEND, r",
        "SEND\\nreceipt:r\\ncontent-length:16777217\\n\\n, BODY_TOO_LARGE, SEND, r",
        "SEND\\nreceipt:r\\ncontent-length:1\\n\\nab, MISSING_NUL, SEND, r",
        "BEGIN\\nreceipt:r\\nreceipt:s\\n\\nx, BODY_NOT_ALLOWED, BEGIN, r",
        "DISCONNECT\\nreceipt:r\\n\\0, NUL_IN_HEADER, DISCONNECT, r",
        "SE ND, BAD_COMMAND,,"
    })
    void s11_err_3_anErrorCarriesCommandAndReceiptAsFarAsTheyAreKnown(
            String input, Kind kind, String command, String receipt) {
        String octets = input.replace("\\n", "\n").replace("\\0", "\0");
        ProtocolException error = refusal(server(Version.V1_2), octets);
        assertThat(error.kind()).isEqualTo(kind);
        assertThat(error.command()).isEqualTo(command);
        assertThat(error.receipt()).isEqualTo(receipt);
    }

    @Test
    void s11_err_3_theReceiptOfAnEarlierFrameIsNotCarried() {
        FrameDecoder decoder = server(Version.V1_2);
        decode(decoder, buffer("BEGIN\nreceipt:r\n\n\0"));
        ProtocolException error = refusal(decoder, "SEND\nbad\n");
        assertThat(error.receipt()).isNull();
        decoder = server(Version.V1_2);
        decode(decoder, buffer("BEGIN\nreceipt:r\n\n\0"));
        error = refusal(decoder, "\rx");
        assertThat(error.receipt()).isNull();
        assertThat(error.command()).isNull();
    }

    @Test
    @Tag("SX-ERR-2")
    void sx_nul_2_theMessageSaysWhatIsMissing() {
        assertThat(refusal(server(Version.V1_2), "DISCONNECT\nreceipt:77\n\0"))
                .hasMessage("NUL before the empty line that ends the headers");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GET / HTTP/1.1\r\n", "POST /x HTTP/1.1\r\n", "PRI * HTTP/2.0\r\n", "OPTIONS * HTTP/1.1\r\n"})
    void sx_cmd_1_httpIsCalledByItsName(String input) {
        FrameDecoder decoder = new FrameDecoder(Side.SERVER, CodecLimits.DEFAULT);
        assertThat(refusal(decoder, input)).hasMessageContaining("HTTP");
    }

    @Test
    void sx_cmd_1_tlsIsCalledByItsName() {
        FrameDecoder decoder = new FrameDecoder(Side.SERVER, CodecLimits.DEFAULT);
        assertThat(refusal(decoder, "\u0016\u0003\u0001")).hasMessageContaining("TLS");
    }

    @Test
    void sx_err_2_messagesNeedNoEscapesAndQuoteNoPasscode() {
        ProtocolException foreign = new ProtocolException(Kind.BAD_FRAME, "a:b\\c\r\n" + "x".repeat(200));
        assertThat(foreign).hasMessage("a=b/c  " + "x".repeat(110) + "...");
        for (String line :
                new String[] {"passcode:secret\rx", "passcode:\u0000secret", "passcode secret", "passcode:\\secret"}) {
            ProtocolException error = refusal(server(Version.V1_2), "SEND\n" + line + "\n\n\0");
            assertThat(error).hasMessageNotContaining("secret");
        }
        assertThat(Headers.of("login", "u", "passcode", "secret")).hasToString("login:u\npasscode:***\n");
        assertThat(new Frame(Command.CONNECT, Headers.of("passcode", "secret")))
                .hasToString("CONNECT with 1 headers and 0 octets of body");
    }

    @Test
    void s10_gram_3_afterAnErrorEverythingIsDiscarded() {
        FrameDecoder decoder = server(Version.V1_2);
        ByteBuf in = buffer("SEND\nbad\n\n\0SEND\n\n\0");
        assertThat(catchThrowableOfType(ProtocolException.class, () -> decoder.decode(in)))
                .isNotNull();
        assertThat(in.isReadable()).isFalse();
        ByteBuf more = buffer("\n\nSEND\n\n\0");
        assertThat(decoder.decode(more)).isNull();
        assertThat(more.isReadable()).isFalse();
        assertThat(decoder.lineEnds()).isZero();
        assertThat(decoder.isInsideFrame()).isFalse();
    }

    @Test
    @Tag("SX-LIM-3")
    void s11_lim_3_memoryIsTakenForOctetsThatHaveCome() {
        FrameDecoder decoder = server(Version.V1_2);
        decoder.decode(buffer("SEND\ncontent-length:16777216\n\nx"));
        assertThat(bodyCapacity(decoder)).isEqualTo(8 * 1024);
        decoder.decode(Unpooled.wrappedBuffer(new byte[9_000]));
        assertThat(bodyCapacity(decoder)).isEqualTo(16 * 1024);
        decoder.decode(Unpooled.wrappedBuffer(new byte[100_000]));
        assertThat(bodyCapacity(decoder)).isEqualTo(109_001);
    }

    @Test
    void s11_lim_3_smallBodiesTakeNoMoreThanTheyNeed() {
        FrameDecoder decoder = server(Version.V1_2);
        decoder.decode(buffer("SEND\ncontent-length:5\n\nx"));
        assertThat(bodyCapacity(decoder)).isEqualTo(5);
        decoder.decode(buffer("1234\0"));
        assertThat(bodyCapacity(decoder)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SEND\na:1\n\nbody\0", "SEND\na:1\n\n", "SEND\na:1\n\nbo", "\n", "\r"})
    void anIdleDecoderHoldsNoScratchMemory(String input) {
        FrameDecoder decoder = server(Version.V1_2);
        decoder.decode(buffer(input));
        assertThat(decoder).extracting("head").isNull();
    }

    @ParameterizedTest
    @EnumSource(Decoded.Memory.class)
    void aWholeSendAllocatesTheFrameItsHeadersTheirArraysAndTheBody(Decoded.Memory memory) {
        byte[] send = "SEND\ndestination:/queue/a\nid:7\ncontent-length:16\n\n0123456789abcdef\0".getBytes(UTF_8);
        ByteBuf in = memory.buffer(send);
        FrameDecoder decoder = server(Version.V1_2);
        int octets = "destination/queue/aid7content-length16".length();
        int expected = 24 + 24 + array(octets) + array(6 * 4) + array(16);
        if (memory == Decoded.Memory.DIRECT && !PlatformDependent.hasUnsafe()) {
            expected += VIEW; // From JDK 24 on Netty copies out of direct memory by a view, which it makes each time.
        }
        int runs = 20_000;
        long smallest = Long.MAX_VALUE;
        // The compiler's thread may be late: what is not compiled yet allocates more.
        for (int round = 0; round < 100 && smallest > expected + 8; round++) {
            long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < runs; i++) {
                decode(decoder, in.readerIndex(0));
            }
            long after = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            smallest = Math.min(smallest, (after - before) / runs);
        }
        in.release();
        assertThat(smallest).isBetween((long) expected - 8, (long) expected + 8);
    }

    private static int array(int octets) {
        return (16 + octets + 7) / 8 * 8;
    }

    private static int bodyCapacity(FrameDecoder decoder) {
        byte[] body = (byte[]) assertThat(decoder).extracting("body").actual();
        return body.length;
    }

    private static FrameDecoder server(Version version) {
        FrameDecoder decoder = new FrameDecoder(Side.SERVER, CodecLimits.DEFAULT);
        decoder.use(version);
        return decoder;
    }

    private static ByteBuf buffer(String text) {
        return Unpooled.copiedBuffer(text, UTF_8);
    }

    private static Frame decode(FrameDecoder decoder, ByteBuf in) {
        return Objects.requireNonNull(decoder.decode(in));
    }

    private static ProtocolException refusal(FrameDecoder decoder, String input) {
        return Objects.requireNonNull(
                catchThrowableOfType(ProtocolException.class, () -> decoder.decode(buffer(input))), "no error");
    }
}
