/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SendTemplateTest {
    private static final long TIME = 123_456_789_012L;

    @Test
    void carriesNumberAndTimeBehindItsStream() {
        byte[] frame = frame(new Wire.Plain(), 100);
        String text = new String(frame, US_ASCII);
        assertThat(text).startsWith("SEND\ndestination:/topic/a\nreceipt:000042\ncontent-length:100\n\n");
        assertThat(text).endsWith("x\0");
        int body = text.indexOf("\n\n") + 2;
        assertThat(frame).hasSize(body + 101);
        assertThat(Stamp.read(frame, body, Stamp.STREAM_DIGITS)).isEqualTo(5);
        assertThat(Stamp.read(frame, body + 3, Stamp.NUMBER_DIGITS)).isEqualTo(42);
        assertThat(Stamp.read(frame, body + 9, Stamp.TIME_DIGITS)).isEqualTo(TIME);
    }

    @Test
    void isTheSameWithinAMaskedWebSocketFrame() {
        for (int size : new int[] {20, 100, 4000}) {
            byte[] wire = frame(new Wire.WebSocket(), size);
            byte[] plain = frame(new Wire.Plain(), size);
            int head = plain.length < 126 ? 2 : 4;
            byte[] payload = Arrays.copyOfRange(wire, head + 4, wire.length);
            for (int i = 0; i < payload.length; i++) {
                payload[i] ^= wire[head + (i & 3)];
            }
            assertThat(wire[0]).isEqualTo((byte) 0x81);
            assertThat(payload).isEqualTo(plain);
        }
    }

    @Test
    void refusesABodyThatTheStampDoesNotFitIn() {
        assertThatThrownBy(() -> new SendTemplate(new Wire.Plain(), "/topic/a", "", 0, 10, false))
                .hasMessage("body too short: 10 (at least 19)");
    }

    private static byte[] frame(Wire wire, int size) {
        SendTemplate template = new SendTemplate(wire, "/topic/a", "", 5, size, true);
        ByteBuffer out = ByteBuffer.allocate(template.length());
        template.write(42, TIME, out);
        return out.array();
    }
}
