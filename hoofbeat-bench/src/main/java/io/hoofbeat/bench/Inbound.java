/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Where all links of a loop read into, one after the other; a link keeps only what has not come whole. Used by the loop's thread. */
final class Inbound {
    private static final int READ = 256 * 1024;
    private static final int OPCODE = 0x0f;
    private static final int CLOSE = 0x8;
    private static final int PING = 0x9;
    private static final int PONG = 0xa;

    private final ByteBuffer direct = ByteBuffer.allocateDirect(READ);
    private byte[] octets = new byte[2 * READ];
    private byte[] plain = new byte[2 * READ];
    private int plainEnd;
    private int pingStart;
    private int pingLength;
    private boolean closing;
    private String closeText = "";

    /**
     * Reads what is there, behind what was left over.
     *
     * @return where it ends in {@link #octets}; -1 at the end of the stream
     */
    int read(SocketChannel channel, byte[] rest) throws IOException {
        direct.clear();
        int count = channel.read(direct);
        if (count < 0) {
            return -1;
        }
        if (octets.length < rest.length + count) {
            octets = new byte[2 * (rest.length + count)];
        }
        System.arraycopy(rest, 0, octets, 0, rest.length);
        direct.get(0, octets, rest.length, count);
        return rest.length + count;
    }

    byte[] octets() {
        return octets;
    }

    /**
     * Takes the data out of the WebSocket frames that have come whole and puts it, one after the other, behind what was left over
     * of it. A server does not mask.
     *
     * @return where the first frame begins that has not come whole
     */
    int unwrap(int from, int to, byte[] rest) {
        if (plain.length < rest.length + to - from) {
            plain = new byte[2 * (rest.length + to - from)];
        }
        System.arraycopy(rest, 0, plain, 0, rest.length);
        plainEnd = rest.length;
        pingLength = -1;
        closing = false;
        int at = from;
        while (to - at >= 2) {
            int length = octets[at + 1] & 0x7f;
            int data = at + 2;
            if (length == 126) {
                data += 2;
                length = data > to ? to : unsigned(at + 2);
            } else if (length == 127) {
                data += 8;
                length = data > to
                        ? to
                        : (int) ByteBuffer.wrap(octets, at + 2, 8).getLong();
            }
            if (length > to - data) {
                return at;
            }
            take(octets[at] & OPCODE, data, length);
            at = data + length;
        }
        return at;
    }

    private void take(int opcode, int data, int length) {
        switch (opcode) {
            case CLOSE -> {
                closing = true;
                closeText = length < 2
                        ? ""
                        : " (" + unsigned(data) + " " + new String(octets, data + 2, length - 2, UTF_8) + ")";
            }
            case PING -> {
                pingStart = data;
                pingLength = length;
            }
            case PONG -> {}
            default -> {
                System.arraycopy(octets, data, plain, plainEnd, length);
                plainEnd += length;
            }
        }
    }

    /** Two octets. */
    private int unsigned(int at) {
        return ((octets[at] & 0xff) << 8) | (octets[at + 1] & 0xff);
    }

    /** What was in the WebSocket frames. */
    byte[] plain() {
        return plain;
    }

    int plainEnd() {
        return plainEnd;
    }

    int pingStart() {
        return pingStart;
    }

    /** -1 if there was none. */
    int pingLength() {
        return pingLength;
    }

    boolean isClosing() {
        return closing;
    }

    /** Code and reason. */
    String closeText() {
        return closeText;
    }
}
