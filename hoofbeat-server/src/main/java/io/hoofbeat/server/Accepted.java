/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.Broker;
import io.hoofbeat.broker.CloseReason;
import io.hoofbeat.broker.ConnectionInfo;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connection on its way from the accept to its login: what has to be found out - whether it speaks TLS, HTTP or STOMP, and who
 * it is - and the time and the memory that it has for all that (SX-LIM-5). Event loop.
 */
final class Accepted implements Lobby.Guest {
    private static final long LINGERING_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int MOST_OF_REQUEST_LINE = 4 * 1024;
    private static final int MOST_OF_REQUEST_HEADERS = 12 * 1024;

    /** Octets that come before there is a session: a TLS handshake, an HTTP request, and what is sent right behind it. */
    private static final int MOST_HELD = 64 * 1024;

    private final Listener listener;
    private final Loop loop;
    private final Channel channel;
    private final long acceptedNanos;
    private String address;
    private int port;
    private boolean isProxied;
    private boolean isSecure;
    /** The common name of a client's certificate; null if it has shown none. */
    private @Nullable String user;
    /** Why it will be turned away; null if it will not. */
    private @Nullable String refusal;
    /** The address that it is counted under; null if it is not counted. */
    private @Nullable String countedAs;

    private boolean isInLobby = true;
    private int held;
    /** Whether what comes with the request at hand is that of somebody who is known. */
    private boolean isTrusted;

    private boolean isStopping;
    /** Null unless HTTP is spoken. */
    private @Nullable HttpConnection http;
    /** Null until its connection is a session's. */
    private @Nullable SessionChannel session;
    /** Null if there is no need for one. */
    private @Nullable Future<?> deadline;

    Accepted(Listener listener, Loop loop, Channel channel) {
        this.listener = listener;
        this.loop = loop;
        this.channel = channel;
        this.acceptedNanos = loop.nanoTime();
        InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
        this.address = remote.getAddress().getHostAddress();
        this.port = remote.getPort();
        loop.lobby().enter(this);
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

    boolean isSecure() {
        return isSecure;
    }

    /** Whether a proxy is at the other end whose word is taken. */
    boolean isProxied() {
        return isProxied;
    }

    String address() {
        return address;
    }

    int port() {
        return port;
    }

    /** The common name of the client's certificate; null if it has shown none. */
    @Nullable String user() {
        return user;
    }

    /** Whether no further request is to be served. */
    boolean isStopping() {
        return isStopping;
    }

    /** Why it has to be turned away; null if it has not. */
    @Nullable String refusal() {
        return refusal;
    }

    // ---- the stages

    /**
     * The first.
     *
     * @param refusal why it will be turned away; null if there is nothing against it
     */
    void begin(@Nullable String refusal) {
        this.refusal = refusal;
        isProxied = listener.trusts(((InetSocketAddress) channel.remoteAddress()).getAddress());
        if (isProxied || listener.isSecure() || listener.endpoint().kind() != Endpoint.Kind.TCP) {
            long limit = broker().options().connectTimeout().toNanos();
            deadline = loop.schedule(channel::close, limit);
            pipeline().addLast(new Meter(this));
        }
        if (isProxied) {
            pipeline().addLast(new ProxyEntrance(this));
        } else {
            isKnown();
        }
    }

    /** A proxy says so. */
    void comesFrom(String address, int port) {
        this.address = address;
        this.port = port;
    }

    /** Where it comes from is known, unless HTTP will tell. */
    void isKnown() {
        Endpoint.Kind kind = listener.endpoint().kind();
        if (!isProxied || kind == Endpoint.Kind.TCP) {
            count();
        }
        if (kind == Endpoint.Kind.SHARED) {
            pipeline().addLast(new Detector(this));
        } else if (listener.isSecure()) {
            secure();
        } else {
            speak(kind == Endpoint.Kind.WEB_SOCKET);
        }
    }

    /** Counts it under its address, and turns it away if there are too many. */
    void count() {
        if (countedAs == null && refusal == null) {
            countedAs = address;
            refusal = listener.countAddress(address);
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
    void speak(boolean speaksHttp) {
        if (speaksHttp) {
            HttpDecoderConfig limits = new HttpDecoderConfig()
                    .setMaxInitialLineLength(MOST_OF_REQUEST_LINE)
                    .setMaxHeaderSize(MOST_OF_REQUEST_HEADERS);
            http = new HttpConnection(this);
            pipeline().addLast(new HttpRequestDecoder(limits));
            pipeline().addLast(http);
        } else {
            count();
            Framing framing =
                    listener.endpoint().trailingLineFeed() ? PlainFraming.TRAILING_LINE_FEED : PlainFraming.PLAIN;
            pipeline().addLast(converse(isSecure ? "tls" : "tcp", user, owner -> framing, listener.stomp()));
        }
    }

    /** The last stage: a handler with a session, which watches the time from here on. */
    SessionChannel converse(
            String transport, @Nullable String user, Function<SessionChannel, Framing> framing, Talk.Starter starter) {
        // A proxy may have kept the connection for a while before the request that this is.
        long since = http == null ? acceptedNanos : loop.nanoTime();
        ConnectionInfo info = new ConnectionInfo(
                transport, address, port, user, listener.endpoint().heartBeat(), since);
        session = new SessionChannel(this, info, framing, starter);
        http = null; // it has handed over
        return session;
    }

    /** The session begins. */
    void arrived() {
        isServed();
        if (pipeline().get(Meter.class) != null) {
            pipeline().remove(Meter.class);
        }
    }

    /** It has said what it wants: a request of HTTP is complete, or the session begins. */
    void isServed() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    // ---- its memory

    /** So much more has come before the login, or of a request of HTTP. */
    void holds(int octets) {
        if (isTrusted || (!isInLobby && session != null)) {
            return;
        }
        if (!isInLobby) {
            isInLobby = true;
            loop.lobby().enter(this);
        }
        held += octets;
        loop.lobby().hold(octets);
        if (session == null && held > MOST_HELD) {
            channel.close();
        }
    }

    /** What comes now, up to {@link #spent}, is counted elsewhere. */
    void trust() {
        isTrusted = true;
    }

    /** A request of HTTP has been read, and nothing is held any more. */
    void spent() {
        if (session == null) {
            isTrusted = false;
            leaveLobby();
        }
    }

    /** It has logged in. */
    void leaveLobby() {
        if (isInLobby) {
            isInLobby = false;
            loop.lobby().leave(this, held);
            held = 0;
        }
    }

    /** It was here longest of those who have not logged in, and they hold too much. */
    @Override
    public void putOut() {
        if (session == null) {
            channel.close();
        } else {
            session.turnOut(CloseReason.OVERLOADED, "too many connections wait for a login");
        }
        leaveLobby();
    }

    // ---- the end

    /** It has been answered and will not get a session: time to read the answer. */
    void lingers() {
        if (deadline != null) {
            deadline.cancel(false);
        }
        deadline = loop.schedule(channel::close, LINGERING_NANOS);
    }

    /** The server stops. */
    void stop() {
        isStopping = true;
        if (session != null) {
            session.turnOut(CloseReason.SHUTDOWN, "the server is shutting down");
        } else if (http != null) {
            http.stop();
        } else {
            channel.close();
        }
    }

    /** The socket is closed. */
    void gone() {
        if (deadline != null) {
            deadline.cancel(false);
        }
        leaveLobby();
        if (countedAs != null) {
            listener.uncountAddress(countedAs);
        }
    }

    private ChannelPipeline pipeline() {
        return channel.pipeline();
    }
}
