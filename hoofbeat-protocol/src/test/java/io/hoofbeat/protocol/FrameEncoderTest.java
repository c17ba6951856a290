/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In the expected texts, ␀ stands for NUL and ␍ for CR. */
class FrameEncoderTest {

    private static final Headers NONE = Headers.EMPTY;

    @ParameterizedTest
    @EnumSource(Version.class)
    @Tag("C10-GRAM-1")
    void s10_gram_1_aFrameIsCommandHeadersEmptyLineBodyNul(Version version) {
        Frame frame = new Frame(Command.SEND, Headers.of("destination", "/queue/a", "n", "1"), "hello".getBytes(UTF_8));
        assertThat(written(frame, version)).isEqualTo("SEND\ndestination:/queue/a\nn:1\n\nhello␀");
        assertThat(written(new Frame(Command.DISCONNECT, NONE), version)).isEqualTo("DISCONNECT\n\n␀");
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void s11_gram_5_aValueMayBeEmpty(Version version) {
        assertThat(line("foo", "", version)).isEqualTo("foo:\n");
    }

    @Test
    @Tag("C11-ESC-1")
    void s11_esc_6_namesAndValuesAreEscapedInOnePass() {
        assertThat(line("k:1", "C:\\temp\n", Version.V1_2)).isEqualTo("k\\c1:C\\c\\\\temp\\n\n");
        assertThat(line("k:1", "C:\\temp\n", Version.V1_1)).isEqualTo("k\\c1:C\\c\\\\temp\\n\n");
        assertThat(line("a\\n\nb", "\\c", Version.V1_2)).isEqualTo("a\\\\n\\nb:\\\\c\n");
        assertThat(line("k", ":", Version.V1_1)).isEqualTo("k:\\c\n");
        assertThat(line("k", "\\", Version.V1_1)).isEqualTo("k:\\\\\n");
    }

    @Test
    void s12_esc_3_carriageReturnIsEscapedIn12() {
        assertThat(line("f\ro", "a\r\nb", Version.V1_2)).isEqualTo("f\\ro:a\\r\\nb\n");
    }

    @Test
    @Tag("S11-EOL-4")
    @Tag("S11-ESC-4")
    void sx_down_1_carriageReturnIsRawIn11() {
        assertThat(line("f\ro", "a\r\nb", Version.V1_1)).isEqualTo("f␍o:a␍\\nb\n");
    }

    @Test
    void s10_esc_1_nothingIsEscapedIn10() {
        assertThat(line("foo", "a:b\\n\\c\\", Version.V1_0)).isEqualTo("foo:a:b\\n\\c\\\n");
    }

    @Test
    void sx_down_1_lineEndsInValuesAreBlanksIn10() {
        assertThat(line("foo", "a\nMESSAGE\r\nb", Version.V1_0)).isEqualTo("foo:a MESSAGE  b\n");
        assertThat(line("foo", "\n", Version.V1_0)).isEqualTo("foo: \n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a:b", ":", "a\nb", "a\r", "\rb", " content-length", "content-length ", "\tdestination", " "})
    void sx_down_1_namesThat10CannotCarryAreLeftOut(String name) {
        assertThat(line(name, "5", Version.V1_0)).isEmpty();
        assertThat(written(new Frame(Command.SEND, Headers.of("a", "1", name, "2", "b", "3")), Version.V1_0))
                .isEqualTo("SEND\na:1\nb:3\n\n␀");
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void sx_down_1_nulIsRefused(Version version) {
        assertThatIllegalArgumentException().isThrownBy(() -> line("foo", "a\0b", version));
        assertThatIllegalArgumentException().isThrownBy(() -> line("f\0o", "ab", version));
        assertThatIllegalArgumentException().isThrownBy(() -> Headers.of("foo", "a\0"));
        assertThatIllegalArgumentException().isThrownBy(() -> Headers.of("foo\0", "a"));
        assertThatIllegalArgumentException().isThrownBy(() -> line("", "a", version));
    }

    @ParameterizedTest
    @EnumSource(
            value = Command.class,
            names = {"CONNECT", "STOMP", "CONNECTED"})
    @Tag("S12-ESC-8")
    @Tag("C11-ESC-3")
    void s11_esc_7_openingFramesAreNotEscaped(Command command) {
        Frame frame = new Frame(command, Headers.of("passcode", "a\\cb:c\rd", "host", "h"));
        for (Version version : Version.values()) {
            assertThat(written(frame, version)).isEqualTo(command + "\npasscode:a\\cb:c␍d\nhost:h\n\n␀");
        }
        assertThat(written(out -> FrameEncoder.encode(frame, out))).isEqualTo(written(frame, Version.V1_2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\r", "\n"})
    void s11_esc_7_openingFramesCannotCarryLineEnds(String value) {
        Frame frame = new Frame(Command.CONNECT, Headers.of("host", "h", "passcode", value));
        ByteBuf out = Unpooled.buffer();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrameEncoder.encode(frame, Version.V1_2, out))
                .withMessageNotContaining(value);
        assertThat(out.readableBytes()).as("what was written before").isZero();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> written(new Frame(Command.CONNECT, Headers.of("a:b", "1")), Version.V1_2));
    }

    @Test
    void sx_err_2_errorBeforeAVersionIsFixedNeedsNoEscapes() {
        Frame error = new Frame(
                Command.ERROR,
                Headers.of("message", "no", "receipt-id", "a:b", "x", "1\\2", "content-length", "2"),
                "hi".getBytes(UTF_8));
        assertThat(written(out -> FrameEncoder.encode(error, out)))
                .isEqualTo("ERROR\nmessage:no\ncontent-length:2\n\nhi␀");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrameEncoder.encode(new Frame(Command.RECEIPT, NONE), Unpooled.buffer()));
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    @Tag("S11-PAD-1")
    void s11_pad_2_nothingIsPadded(Version version) {
        assertThat(line("foo", "bar", version)).isEqualTo("foo:bar\n");
        assertThat(line("foo", " b ", version)).isEqualTo("foo: b \n");
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    @Tag("C12-EOL-2")
    void s10_eol_5_linesEndWithLineFeedAlone(Version version) {
        Frame frame = new Frame(Command.MESSAGE, Headers.of("a", "1", "b", "2"), "x".getBytes(UTF_8));
        assertThat(written(frame, version)).doesNotContain("␍").endsWith("x␀");
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    @Tag("S10-UTF-2")
    void s11_utf_1_headersAreUtf8(Version version) {
        assertThat(line("ключ", "значение😀", version)).isEqualTo("ключ:значение😀\n");
        assertThat(line("ключ", "a b😀", version)).isEqualTo("ключ:a b😀\n");
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    @Tag("S10-BODY-8")
    @Tag("C10-BODY-2")
    void s11_body_7_contentLengthIsThatOfTheBody(Version version) {
        byte[] body = "é".getBytes(UTF_8);
        assertThat(written(new Frame(Command.SEND, Headers.of("content-length", "77"), body), version))
                .isEqualTo("SEND\ncontent-length:2\n\né␀");
        assertThat(written(new Frame(Command.SEND, NONE, body), version)).isEqualTo("SEND\n\né␀");
        assertThat(written(new Frame(Command.SEND, Headers.of("a", "1"), new byte[] {'a', 0, 'b'}), version))
                .isEqualTo("SEND\na:1\ncontent-length:3\n\na␀b␀");
    }

    @Test
    void s11_body_5_framesWithoutBodyHaveNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Frame(Command.RECEIPT, NONE, new byte[1]));
    }

    @Test
    void headerOfHeadersIsThatOfTheTexts() {
        Headers headers = Headers.of("a", "1", "b:c", " x\n", "é", "");
        for (Version version : Version.values()) {
            for (int i = 0; i < headers.size(); i++) {
                int index = i;
                assertThat(written(out -> FrameEncoder.header(headers, index, version, out)))
                        .isEqualTo(line(headers.name(i), headers.value(i), version));
            }
        }
    }

    private static String line(String name, String value, Version version) {
        return written(out -> FrameEncoder.header(name, value, version, out));
    }

    private static String written(Frame frame, Version version) {
        return written(out -> FrameEncoder.encode(frame, version, out));
    }

    /** Into a heap buffer and a direct one, which must get the same. */
    private static String written(Consumer<ByteBuf> writer) {
        ByteBuf heap = Unpooled.buffer(1);
        ByteBuf direct = Unpooled.directBuffer(1);
        writer.accept(heap);
        writer.accept(direct);
        assertThat(direct).isEqualTo(heap);
        direct.release();
        return heap.toString(UTF_8).replace('\0', '␀').replace('\r', '␍');
    }
}
