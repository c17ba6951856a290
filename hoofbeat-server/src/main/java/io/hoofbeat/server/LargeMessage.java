/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.Message;
import java.util.Arrays;

/**
 * A MESSAGE on its way whose body is too large to be written in one go: it is copied to the channel piece by piece, as the client
 * takes it, so that a slow client costs a few pieces and not the body.
 */
final class LargeMessage {
    private static final int PIECE = Output.CHUNK;

    private final Message message;
    private final byte[] start;
    private final byte[] body;
    private int offset = -1;

    LargeMessage(Message message, byte[] head, byte[] tail) {
        this.message = message;
        this.body = message.body();
        this.start = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, start, head.length, tail.length);
    }

    /**
     * Writes what there is room for.
     *
     * @return whether it was the rest
     */
    boolean proceed(Framing framing, Output out) {
        if (offset < 0) {
            framing.piece(Framing.Place.FIRST, message, start, 0, start.length, out);
            offset = 0;
        }
        while (out.hasRoom()) {
            int length = Math.min(PIECE, body.length - offset);
            boolean last = offset + length == body.length;
            offset +=
                    framing.piece(last ? Framing.Place.LAST : Framing.Place.MIDDLE, message, body, offset, length, out);
            if (last) {
                return true;
            }
        }
        return false;
    }
}
