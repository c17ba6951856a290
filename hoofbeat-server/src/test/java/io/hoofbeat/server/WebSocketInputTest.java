/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** Reading frames of WebSocket: random ones, cut anywhere. */
class WebSocketInputTest {
    static final long MOST_INFLATED = 1 << 20;

    /** What came out of an input: the octets, the pings, and how it ended. */
    record Read(List<Byte> octets, List<String> pings, int end) {}

    /** Hands in the octets in pieces whose lengths the random numbers say. */
    static Read read(byte[] octets, Random random) {
        Inflation.Pool pool = new Inflation.Pool();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<String> pings = new ArrayList<>();
        WebSocketInput input =
                new WebSocketInput(payload -> pings.add(Arrays.toString(payload)), pool, MOST_INFLATED, false);
        int end = 0;
        try {
            int at = 0;
            while (at < octets.length) {
                int length = Math.min(octets.length - at, 1 + random.nextInt(random.nextInt(100) + 1));
                ByteBuf in = Unpooled.copiedBuffer(octets, at, length);
                ByteBuf piece;
                while ((piece = input.next(in)) != null) {
                    piece.readBytes(out, piece.readableBytes());
                }
                in.release();
                at += length;
            }
            end = input.isEnded() ? input.closeCode() : 0;
        } catch (WebSocketException e) {
            end = -e.code();
            assertThat(input.isEnded()).isTrue();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        input.release();
        pool.release();
        List<Byte> result = new ArrayList<>();
        for (byte octet : out.toByteArray()) {
            result.add(octet);
        }
        return new Read(result, pings, end);
    }

    @Test
    void randomMessagesCutAnywhere() {
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            ByteArrayOutputStream sent = new ByteArrayOutputStream();
            ByteArrayOutputStream wire = new ByteArrayOutputStream();
            List<String> pings = new ArrayList<>();
            int messages = random.nextInt(5);
            for (int i = 0; i < messages; i++) {
                message(random, sent, wire, pings);
            }
            Read read = read(wire.toByteArray(), random);
            List<Byte> expected = new ArrayList<>();
            for (byte octet : sent.toByteArray()) {
                expected.add(octet);
            }
            assertThat(read).as("seed %d", seed).isEqualTo(new Read(expected, pings, 0));
        }
    }

    static void message(Random random, ByteArrayOutputStream sent, ByteArrayOutputStream wire, List<String> pings) {
        boolean text = random.nextBoolean();
        byte[] plain = text ? text(random) : new byte[random.nextInt(400)];
        if (!text) {
            random.nextBytes(plain);
        }
        sent.writeBytes(plain);
        boolean compressed = random.nextBoolean();
        byte[] payload = compressed ? deflate(plain, random) : plain;
        int at = 0;
        boolean first = true;
        boolean last;
        do {
            int length = random.nextInt(3) == 0 ? payload.length - at : random.nextInt(payload.length - at + 1);
            last = at + length == payload.length && random.nextBoolean();
            int head = first ? (text ? 1 : 2) | (compressed ? 0x40 : 0) : 0;
            wire.writeBytes(
                    WebSocketPeer.encode(head | (last ? 0x80 : 0), Arrays.copyOfRange(payload, at, at + length)));
            at += length;
            first = false;
            if (random.nextInt(4) == 0) {
                byte[] ping = new byte[random.nextInt(126)];
                wire.writeBytes(WebSocketPeer.encode(0x80 | 9, ping));
                pings.add(Arrays.toString(ping));
            }
        } while (!last);
    }

    private static byte[] text(Random random) {
        int[] kinds = {0x7f, 0x7ff, 0xd7ff, 0x10ffff};
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(200);
        for (int i = 0; i < length; i++) {
            int c = random.nextInt(kinds[random.nextInt(3) == 0 ? random.nextInt(4) : 0]) + 1;
            text.appendCodePoint(c >= 0xd800 && c < 0xe000 ? 'x' : c);
        }
        return text.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static byte[] deflate(byte[] plain, Random random) {
        Deflater deflater = new Deflater(random.nextInt(10), true);
        deflater.setInput(plain);
        byte[] buffer = new byte[2 * plain.length + 100];
        int length = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
        deflater.end();
        return Arrays.copyOf(buffer, length - 4);
    }
}
