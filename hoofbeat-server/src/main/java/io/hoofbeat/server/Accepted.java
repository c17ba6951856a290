/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.Broker;
import io.hoofbeat.broker.ConnectionInfo;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection on its way from the accept to its session: what its handlers have to find out - whether it speaks TLS, HTTP or
 * STOMP, and who it is - and the time that it has for all that (SX-LIM-5). Event loop.
 */
final class Accepted {
    private static final long LINGERING_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int MOST_OF_REQUEST_LINE = 4 * 1024;
    private static final int MOST_OF_REQUEST_HEADERS = 12 * 1024;

    private final Listener listener;
    private final Loop loop;
    private final Channel channel;
    private final long acceptedNanos;
    private final String address;
    private final int port;
    private boolean isSecure;
    /** The common name of a client's certificate; null if it has shown none. */
    private @Nullable String user;

    private Future<?> deadline;

    Accepted(Listener listener, Loop loop, Channel channel) {
        this.listener = listener;
        this.loop = loop;
        this.channel = channel;
        this.acceptedNanos = loop.nanoTime();
        InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
        this.address = remote.getAddress().getHostAddress();
        this.port = remote.getPort();
        long limit = broker().options().connectTimeout().toNanos();
        this.deadline = loop.eventLoop().schedule((Runnable) channel::close, limit, TimeUnit.NANOSECONDS);
    }

    Listener listener() {
        return listener;
    }

    StompServer server() {
        return listener.server();
    }

    Broker broker() {
        return listener.server().broker();
    }

    Loop loop() {
        return loop;
    }

    String address() {
        return address;
    }

    boolean isSecure() {
        return isSecure;
    }

    // ---- the stages

    /** The first. */
    void begin() {
        Endpoint endpoint = listener.endpoint();
        if (endpoint.kind() == Endpoint.Kind.SHARED) {
            pipeline().addLast(new Detector(this));
        } else if (endpoint.tls() != null) {
            secure();
        } else {
            speak(endpoint.kind() == Endpoint.Kind.WEB_SOCKET);
        }
    }

    /** A TLS handshake, and then {@link #secured}. */
    void secure() {
        SslHandler tls = listener.tls().newHandler(channel.alloc());
        tls.setHandshakeTimeoutMillis(0);
        pipeline().addLast(tls);
        pipeline().addLast(new TlsEntrance(this));
    }

    /** The handshake is done. */
    void secured(@Nullable String user) {
        isSecure = true;
        this.user = user;
        if (listener.endpoint().kind() == Endpoint.Kind.SHARED) {
            pipeline().addLast(new Detector(this));
        } else {
            speak(listener.endpoint().kind() == Endpoint.Kind.WEB_SOCKET);
        }
    }

    /** It is known what is spoken. */
    void speak(boolean http) {
        if (http) {
            HttpDecoderConfig limits = new HttpDecoderConfig()
                    .setMaxInitialLineLength(MOST_OF_REQUEST_LINE)
                    .setMaxHeaderSize(MOST_OF_REQUEST_HEADERS);
            pipeline().addLast(new HttpServerCodec(limits));
            pipeline().addLast(new HttpEntrance(this));
        } else {
            Framing framing =
                    listener.endpoint().trailingLineFeed() ? PlainFraming.TRAILING_LINE_FEED : PlainFraming.PLAIN;
            pipeline().addLast(new StompChannel(this, isSecure ? "tls" : "tcp", owner -> framing));
        }
    }

    /** It has got its session, which watches the time from here on. */
    void arrived() {
        deadline.cancel(false);
    }

    /** It has been answered and will not get a session: time to read the answer. */
    void lingers() {
        deadline.cancel(false);
        deadline = loop.schedule(channel::close, LINGERING_NANOS);
    }

    ConnectionInfo info(String transport) {
        return new ConnectionInfo(
                transport, address, port, user, listener.endpoint().heartBeat(), acceptedNanos);
    }

    private ChannelPipeline pipeline() {
        return channel.pipeline();
    }
}
