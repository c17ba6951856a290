/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.FrameEncoder;
import io.hoofbeat.protocol.Version;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompEncoder;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;

/** Our encoder in the place of Spring's: each session in the version that it speaks. Any thread. */
final class WireEncoder extends StompEncoder {
    private final Function<String, @Nullable Wire> wires;

    /** @param wires finds a session by its id */
    WireEncoder(Function<String, @Nullable Wire> wires) {
        this.wires = wires;
    }

    @Override
    public byte[] encode(Map<String, Object> headers, byte[] payload) {
        StompCommand command = StompHeaderAccessor.getCommand(headers);
        if (command == null || SimpMessageHeaderAccessor.getMessageType(headers) == SimpMessageType.HEARTBEAT) {
            return super.encode(headers, payload);
        }
        if (command == StompCommand.MESSAGE
                && headers.get(StompMessages.DELIVERED) instanceof DeliveredHeaders delivered) {
            byte[] made = delivered.encode(headers, payload);
            if (made != null) {
                return made;
            }
        }
        String session = SimpMessageHeaderAccessor.getSessionId(headers);
        Wire wire = session == null ? Wire.current() : wires.apply(session);
        return encode(StompMessages.toClient(command, headers, payload), wire == null ? null : wire.version());
    }

    private static byte[] encode(Frame frame, @Nullable Version version) {
        Command command = frame.command();
        ByteBuf out = Unpooled.buffer(256 + frame.body().length);
        if (version != null) {
            FrameEncoder.encode(frame, version, out);
        } else if (command == Command.ERROR || command == Command.CONNECTED) {
            FrameEncoder.encode(frame, out);
        } else {
            FrameEncoder.encode(frame, Version.V1_2, out);
        }
        return ByteBufUtil.getBytes(out);
    }
}
