/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SOCKJS.md, section 5: characters. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SockJsTextTest {

    private SockJsServices services;

    @BeforeAll
    void start() {
        services = SockJsServices.start();
    }

    @AfterAll
    void stop() {
        services.close();
    }

    private static boolean isEscaped(int unit) {
        return unit < 0x20
                || (unit >= 0x200c && unit <= 0x200f)
                || (unit >= 0x2028 && unit <= 0x202f)
                || (unit >= 0x2060 && unit <= 0x206f)
                || unit >= 0xfff0;
    }

    private String echoed(String json) throws IOException {
        SockJsPeer peer = SockJsPeer.open(services.port, "echo");
        peer.send("[" + json + "]");
        String frame = peer.poll();
        assertThat(frame).startsWith("a[\"").endsWith("\"]\n");
        return frame.substring(3, frame.length() - 3);
    }

    @Test
    void sj_char_1_whatBrowsersMangleIsEscaped() throws IOException {
        StringBuilder killers = new StringBuilder();
        StringBuilder escaped = new StringBuilder();
        for (int unit = 0xff; unit <= 0xffff; unit++) {
            if (isEscaped(unit)) {
                killers.append((char) unit);
                escaped.append(String.format("\\u%04x", unit));
            }
        }
        assertThat(echoed("\"" + killers + "\"")).isEqualTo(escaped.toString());
    }

    @Test
    void sj_char_1_controlsAreEscapedAndAllElseIsAsItIs() {
        for (int unit = 0; unit <= 0xffff; unit++) {
            if (Character.isSurrogate((char) unit)) {
                continue;
            }
            String quoted = quote(Character.toString(unit));
            String shortForm = "\b\t\n\f\r\"\\".indexOf(unit) >= 0
                    ? "\\" + "btnfr\"\\".charAt("\b\t\n\f\r\"\\".indexOf(unit))
                    : "";
            String expected = !shortForm.isEmpty()
                    ? shortForm
                    : isEscaped(unit) ? String.format("\\u%04x", unit) : Character.toString(unit);
            assertThat(quoted).isEqualTo(expected);
        }
    }

    private static String quote(String text) {
        return new String(JsonText.quote(text.getBytes(UTF_8)), UTF_8);
    }

    @Test
    void sj_char_2_surrogatesAreEscaped() throws IOException {
        assertThat(quote("\ud83d\ude00")).isEqualTo("\\ud83d\\ude00");
        assertThat(quote("\ud800\udc00\udbff\udfff")).isEqualTo("\\ud800\\udc00\\udbff\\udfff");
        assertThat(echoed("\"\ud83d\ude00\"")).isEqualTo("\\ud83d\\ude00");
    }

    @Test
    void sj_char_3_everyEscapeIsDecoded() {
        StringBuilder json = new StringBuilder("[\"");
        StringBuilder text = new StringBuilder();
        for (int unit = 0; unit <= 0xffff; unit++) {
            if (!Character.isSurrogate((char) unit)) {
                json.append(String.format(unit % 2 == 0 ? "\\u%04x" : "\\u%04X", unit));
                text.append((char) unit);
            }
        }
        assertThat(read(json.append("\"]").toString())).containsExactly(text.toString());
        assertThat(read("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]")).containsExactly("\"\\/\b\f\n\r\t");
        assertThat(read("[\"\\ud83d\\ude00\"]")).containsExactly("\ud83d\ude00");
    }

    @Test
    void sj_char_3_decodedOverTheWire() throws IOException {
        assertThat(echoed("\"\\u0041\\u00e9\\u20ac\"")).isEqualTo("A\u00e9\u20ac");
    }

    @ParameterizedTest
    @CsvSource({
        "\\ud800, \ufffd",
        "\\udc00, \ufffd",
        "\\ud800x, \ufffdx",
        "\\ud800\\ud800\\udc00, \ufffd\ud800\udc00",
        "\\udc00\\ud800, \ufffd\ufffd",
        "\\ud800\\n, '\ufffd\n'",
        "\\ud800\\u0041, \ufffdA"
    })
    void sj_char_4_halfACharacterIsReplaced(String json, String text) {
        assertThat(read("[\"" + json + "\"]")).containsExactly(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[\"\u0080\"]",
                "[\"\u00c0\u0080\"]",
                "[\"\u00c3\"]",
                "[\"\u00e0\u0080\u0080\"]",
                "[\"\u00ed\u00a0\u0080\"]",
                "[\"\u00f0\u0080\u0080\u0080\"]",
                "[\"\u00f4\u0090\u0080\u0080\"]",
                "[\"\u00ff\"]",
                "[\"\t\"]",
                "[\"\n\"]",
                "[\"\u0000\"]",
                "[\"\\u00e\"]",
                "[\"\\u00g0\"]",
                "[\"\\u+0e0\"]",
                "[\"\\x41\"]",
                "[\"\\'\"]",
                "['a']",
                "[\"a\" \"b\"]",
                "[,\"a\"]",
                "[\"a\",]",
                "[\"a\"]]",
                "[\u00a0\"a\"]",
                "\u00ef\u00bb\u00bf[\"a\"]",
                "[]x",
                "",
                " ",
                "["
            })
    void sj_char_5_jsonStrictly(String latin) {
        ByteBuf in = Unpooled.wrappedBuffer(latin.getBytes(ISO_8859_1));
        assertThat(JsonStrings.read(in, false, 100)).isNull();
    }

    @Test
    void sj_char_5_invalidUtf8IsBroken() throws IOException {
        SockJsPeer peer = SockJsPeer.open(services.port, "echo");
        try (HttpPeer sender = new HttpPeer(services.port)) {
            byte[] request = HttpPeer.text("POST", peer.session + "/xhr_send", "[\"?\"]");
            request[request.length - 3] = (byte) 0xff;
            sender.write(request);
            assertThat(sender.response().status()).isEqualTo(500);
        }
    }

    @Test
    void whatIsQuotedIsReadAgain() {
        Random random = new Random(17);
        for (int round = 0; round < 2_000; round++) {
            List<String> texts = new ArrayList<>();
            StringBuilder json = new StringBuilder("[");
            for (int i = random.nextInt(4); i >= 0; i--) {
                String text = text(random);
                json.append(json.length() > 1 ? "," : "")
                        .append('"')
                        .append(quote(text))
                        .append('"');
                texts.add(text);
            }
            assertThat(read(json.append(']').toString())).containsExactlyElementsOf(texts);
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            int range = new int[] {0x80, 0x800, 0x10000, 0x110000}[random.nextInt(4)];
            int character = random.nextInt(range);
            text.appendCodePoint(Character.getType(character) == Character.SURROGATE ? '?' : character);
        }
        return text.toString();
    }

    @Test
    void pieceEndsWithAWholeCharacter() {
        for (String text : new String[] {"abc", "ab\u00e9", "a\u20ac", "\ud83d\ude00x", "\u00e9\u00e9\u00e9\u00e9"}) {
            byte[] octets = text.getBytes(UTF_8);
            for (int length = 4; length <= octets.length; length++) {
                int whole = JsonText.whole(octets, 0, length);
                assertThat(whole).isBetween(length - 3, length);
                assertThat(new String(octets, 0, whole, UTF_8))
                        .doesNotContain("\ufffd")
                        .isEqualTo(text.substring(0, new String(octets, 0, whole, UTF_8).length()));
            }
        }
    }

    /** Null if it is broken. */
    private static @Nullable List<String> read(String json) {
        JsonStrings strings = JsonStrings.read(Unpooled.wrappedBuffer(json.getBytes(UTF_8)), false, 100);
        return strings == null ? null : texts(strings);
    }

    static List<String> texts(JsonStrings strings) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < strings.count(); i++) {
            texts.add(new String(strings.string(i), UTF_8));
        }
        return texts;
    }
}
