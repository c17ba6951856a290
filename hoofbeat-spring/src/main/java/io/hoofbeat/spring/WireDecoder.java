/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.simp.stomp.StompDecoder;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MultiValueMap;

/**
 * Our decoder in the place of Spring's: each version by its own rules. It takes all octets that it is given, since the {@link Wire} of the
 * session keeps what is incomplete.
 */
final class WireDecoder extends StompDecoder {
    private static final byte[] BEAT = {'\n'};

    @Override
    public List<Message<byte[]>> decode(ByteBuffer octets, @Nullable MultiValueMap<String, String> partial) {
        Wire wire = Wire.current();
        if (wire == null) {
            return super.decode(octets, partial); // somebody else's use of it
        }
        List<Message<byte[]>> messages = new ArrayList<>(1);
        for (Frame frame : wire.decode(octets)) {
            try {
                messages.add(frame == null ? beat() : message(frame, wire));
            } catch (InvalidMimeTypeException e) {
                wire.violate(new ProtocolException(
                        ProtocolException.Kind.BAD_FRAME,
                        "content-type must be a media type, like text/plain",
                        frame.command().name(),
                        frame.headers().get("receipt")));
                break;
            }
        }
        return messages;
    }

    private Message<byte[]> message(Frame frame, Wire wire) {
        StompHeaderAccessor accessor = StompMessages.fromClient(frame);
        accessor.setHeader(StompMessages.WIRE, wire);
        return finish(accessor, frame.body());
    }

    private Message<byte[]> beat() {
        return finish(StompHeaderAccessor.createForHeartbeat(), BEAT);
    }

    private Message<byte[]> finish(StompHeaderAccessor accessor, byte[] body) {
        var initializer = getHeaderInitializer();
        if (initializer != null) {
            initializer.initHeaders(accessor);
        }
        accessor.setLeaveMutable(true);
        return MessageBuilder.createMessage(body, accessor.getMessageHeaders());
    }
}
