/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.protocol.CodecLimits;
import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.FrameDecoder;
import io.hoofbeat.protocol.FrameEncoder;
import io.hoofbeat.protocol.ProtocolException;
import io.hoofbeat.protocol.Version;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.converter.MessageConverter;

/** Frames over the JDK's WebSocket, and into a {@link Recording}. Sends by one thread at a time; receives by the JDK's, one at a time. */
final class ProbeSocket implements WebSocket.Listener {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** How long the network may take, which is no concern of the test. */
    private static final Duration NETWORK = Duration.ofSeconds(10);

    private final Version version;
    private final Recording recording;
    private final MessageConverter converter;
    private final FrameDecoder decoder = new FrameDecoder(FrameDecoder.Side.CLIENT, CodecLimits.DEFAULT);
    private final StringBuilder text = new StringBuilder();

    /** Null until the handshake is done. */
    private @Nullable WebSocket socket;

    private ProbeSocket(Version version, Recording recording, MessageConverter converter) {
        this.version = version;
        this.recording = recording;
        this.converter = converter;
    }

    /**
     * Shakes hands.
     *
     * @throws AssertionError if the server does not want to; it says what it answered
     */
    static ProbeSocket open(
            URI url,
            Map<String, String> httpHeaders,
            Version version,
            Recording recording,
            MessageConverter converter) {
        ProbeSocket opened = new ProbeSocket(version, recording, converter);
        WebSocket.Builder builder = HTTP.newWebSocketBuilder()
                .connectTimeout(NETWORK)
                .subprotocols("v" + version.text().replace(".", "") + ".stomp");
        httpHeaders.forEach(builder::header);
        try {
            opened.socket = builder.buildAsync(url, opened).join();
        } catch (CompletionException e) {
            String why = e.getCause() instanceof WebSocketHandshakeException refused
                    ? "the handshake was answered by " + refused.getResponse().statusCode()
                    : String.valueOf(e.getCause());
            throw new AssertionError("cannot connect to " + url + ": " + why, e);
        }
        return opened;
    }

    void send(Frame frame) {
        ByteBuf out = Unpooled.buffer();
        if (frame.command() == Command.CONNECT || frame.command() == Command.STOMP) {
            FrameEncoder.encode(frame, out);
        } else {
            FrameEncoder.encode(frame, version, out);
        }
        recording.sent(frame);
        ByteBuffer octets = out.nioBuffer();
        try {
            WebSocket open = Objects.requireNonNull(socket);
            written(open, octets)
                    .orTimeout(NETWORK.toSeconds(), TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            throw recording.failure("the connection takes nothing more: " + e.getCause());
        }
    }

    /** As a text if it is one. */
    private static CompletableFuture<WebSocket> written(WebSocket open, ByteBuffer octets) {
        try {
            return open.sendText(UTF_8.newDecoder().decode(octets.duplicate()), true);
        } catch (CharacterCodingException e) {
            return open.sendBinary(octets, true);
        }
    }

    void close() {
        recording.ended("by the test");
        Objects.requireNonNull(socket).abort();
    }

    // ---- what comes

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            read(Unpooled.wrappedBuffer(text.toString().getBytes(UTF_8)), from);
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        read(Unpooled.copiedBuffer(data), from);
        from.request(1);
        return null;
    }

    private void read(ByteBuf octets, WebSocket from) {
        try {
            for (Frame frame = decoder.decode(octets); frame != null; frame = decoder.decode(octets)) {
                if (frame.command() == Command.CONNECTED) {
                    decoder.use(version);
                }
                recording.received(new StompFrame(frame, converter), frame);
            }
        } catch (ProtocolException e) {
            recording.ended("the server sent what is no STOMP, " + e.getMessage());
            from.abort();
        }
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        recording.ended("closed by " + code + (reason.isEmpty() ? "" : " " + reason));
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        recording.ended("lost: " + failure);
    }
}
