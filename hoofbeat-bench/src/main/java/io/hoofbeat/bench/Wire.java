/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** What surrounds the frames that the tool sends: nothing, or a masked WebSocket frame for each. Immutable. */
sealed interface Wire {

    /** The most octets that surround a frame. */
    int MOST = 8;

    /** How many octets come before a frame of that length. */
    int headLength(int length);

    /** Writes head and frame. */
    void write(byte[] frame, int length, ByteBuffer out);

    /** With what the octet at that place of a frame is to be combined by exclusive or. */
    byte mask(int place);

    /** The frame as it goes over the wire. */
    default byte[] wrap(byte[] frame) {
        ByteBuffer out = ByteBuffer.allocate(frame.length + MOST);
        write(frame, frame.length, out);
        return Arrays.copyOf(out.array(), out.position());
    }

    static Wire of(Target target) {
        return target.isWebSocket() ? new WebSocket() : new Plain();
    }

    /** STOMP over TCP. */
    final class Plain implements Wire {
        @Override
        public int headLength(int length) {
            return 0;
        }

        @Override
        public void write(byte[] frame, int length, ByteBuffer out) {
            out.put(frame, 0, length);
        }

        @Override
        public byte mask(int place) {
            return 0;
        }
    }

    /** One text frame for each STOMP frame; the mask is always the same, since unmasking costs the server the same. */
    final class WebSocket implements Wire {
        private static final byte FIN_TEXT = (byte) 0x81;
        private static final byte FIN_PONG = (byte) 0x8a;
        private static final byte MASKED = (byte) 0x80;
        private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};

        /** The request that asks for the upgrade. */
        static byte[] upgrade(Target target) {
            return ("GET " + target.path() + " HTTP/1.1\r\n"
                            + "Host: " + target.address().getHostString() + ":"
                            + target.address().getPort() + "\r\n"
                            + "Upgrade: websocket\r\n"
                            + "Connection: Upgrade\r\n"
                            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                            + "Sec-WebSocket-Version: 13\r\n"
                            + "Sec-WebSocket-Protocol: v12.stomp\r\n\r\n")
                    .getBytes(US_ASCII);
        }

        @Override
        public int headLength(int length) {
            return length < 126 ? 6 : 8;
        }

        @Override
        public void write(byte[] frame, int length, ByteBuffer out) {
            write(FIN_TEXT, frame, 0, length, out);
        }

        /** The answer to a ping. */
        void pong(byte[] in, int from, int length, ByteBuffer out) {
            write(FIN_PONG, in, from, length, out);
        }

        private void write(byte first, byte[] in, int from, int length, ByteBuffer out) {
            out.put(first);
            if (length < 126) {
                out.put((byte) (MASKED | length));
            } else if (length < 0x10000) {
                out.put((byte) (MASKED | 126)).putShort((short) length);
            } else {
                throw new IllegalArgumentException("frame too long: " + length + " (limit 65535)");
            }
            out.put(MASK);
            for (int i = 0; i < length; i++) {
                out.put((byte) (in[from + i] ^ MASK[i & 3]));
            }
        }

        @Override
        public byte mask(int place) {
            return MASK[place & 3];
        }
    }
}
