/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import io.hoofbeat.protocol.CodecLimits;
import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.FrameDecoder;
import io.hoofbeat.protocol.ProtocolException;
import io.hoofbeat.protocol.Version;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;

/** What our decoder thinks of octets that a peer sent: the kind of error is not on the wire. */
final class Kinds {

    private Kinds() {}

    /** The kind of the error in the octets, or "none". */
    static String of(List<byte[]> writes) {
        FrameDecoder decoder = new FrameDecoder(FrameDecoder.Side.SERVER, CodecLimits.DEFAULT);
        ByteBuf octets = Unpooled.wrappedBuffer(writes.toArray(byte[][]::new));
        try {
            for (Frame frame = decoder.decode(octets); frame != null; frame = decoder.decode(octets)) {
                if (frame.command() == Command.CONNECT || frame.command() == Command.STOMP) {
                    Version version = Version.highestOf(frame.headers().get("accept-version"));
                    decoder.use(version == null ? Version.V1_0 : version);
                }
            }
            return "none";
        } catch (ProtocolException e) {
            return e.kind().text();
        } finally {
            octets.release();
        }
    }
}
