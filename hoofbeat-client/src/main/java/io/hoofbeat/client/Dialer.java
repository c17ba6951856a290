/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** Opens the socket and puts around it what the scheme asks for. */
final class Dialer {
    private static final int MAX_RESPONSE = 64 * 1024;

    private Dialer() {}

    /**
     * Begins to open the connection.
     *
     * @throws ConnectFailedException if the files of the certificates are of no use
     */
    static ChannelFuture dial(ClientOptions options, EventLoopGroup loops, ClientConnection connection) {
        ServerAddress address = options.address();
        SslContext tls = address.scheme().isSecure() ? tls(options.trust()) : null;
        return new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(
                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        Math.toIntExact(options.connectTimeout().toMillis()))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        pipeline(channel, options, tls, connection);
                    }
                })
                .connect(address.host(), address.port());
    }

    private static void pipeline(
            Channel channel, ClientOptions options, @Nullable SslContext tls, ClientConnection connection) {
        ServerAddress address = options.address();
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(connection.readClock());
        if (tls != null) {
            var handler = tls.newHandler(channel.alloc(), address.host(), address.port());
            handler.setHandshakeTimeoutMillis(options.connectTimeout().toMillis());
            verifyHost(handler.engine(), !options.trust().everybody());
            pipeline.addLast(handler);
        }
        if (address.scheme().isWebSocket()) {
            pipeline.addLast(
                    new HttpClientCodec(),
                    new HttpObjectAggregator(MAX_RESPONSE),
                    new WebSocketTransport(
                            address, options.versions(), options.limits().body() + (1 << 20)));
        }
        pipeline.addLast(connection);
    }

    private static void verifyHost(SSLEngine engine, boolean verify) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm(verify ? "HTTPS" : "");
        engine.setSSLParameters(parameters);
    }

    private static SslContext tls(ClientOptions.Trust trust) {
        if (trust.context() != null) {
            return new JdkSslContext(
                    trust.context(),
                    true,
                    null,
                    io.netty.handler.ssl.IdentityCipherSuiteFilter.INSTANCE_DEFAULTING_TO_SUPPORTED_CIPHERS,
                    null,
                    ClientAuth.NONE,
                    null,
                    false);
        }
        for (Path file : files(trust)) {
            if (!Files.isReadable(file)) {
                throw new ConnectFailedException("there is no readable file " + file, null);
            }
        }
        try {
            SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
            if (trust.everybody()) {
                builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
            } else if (trust.authorities() != null) {
                builder.trustManager(trust.authorities().toFile());
            }
            if (trust.certificate() != null && trust.key() != null) {
                builder.keyManager(trust.certificate().toFile(), trust.key().toFile());
            }
            return builder.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new ConnectFailedException(
                    "the certificates " + files(trust) + " are of no use: " + ConnectFailures.root(e), e);
        }
    }

    private static List<Path> files(ClientOptions.Trust trust) {
        return java.util.stream.Stream.of(trust.authorities(), trust.certificate(), trust.key())
                .flatMap(java.util.stream.Stream::ofNullable)
                .toList();
    }
}
