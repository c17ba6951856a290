/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.util.Locale;
import java.util.Map;

/** How sockets are waited for. */
public enum Transport {
    /** epoll where it is to be had, else what the JDK offers. */
    AUTO,
    /** The JDK's own; everywhere. */
    NIO,
    /** Linux; needs Netty's native library for the processor. */
    EPOLL,
    /** Newer Linux, where it is not forbidden, as it often is in containers; needs Netty's native library for it. */
    IO_URING;

    private static final long UNSENT = 128 * 1024L;

    /** What AUTO stands for on this machine; the others stand for themselves. */
    Transport resolve() {
        return this != AUTO ? this : Epoll.isAvailable() ? EPOLL : NIO;
    }

    /**
     * How event loops wait.
     *
     * @throws IllegalStateException if that is not to be had here
     */
    IoHandlerFactory handlers() {
        try {
            return switch (resolve()) {
                case EPOLL -> {
                    Epoll.ensureAvailability();
                    yield EpollIoHandler.newFactory();
                }
                case IO_URING -> {
                    IoUring.ensureAvailability();
                    yield IoUringIoHandler.newFactory();
                }
                default -> NioIoHandler.newFactory();
            };
        } catch (UnsatisfiedLinkError e) {
            throw new IllegalStateException(
                    "the transport " + text()
                            + " is not to be had here; auto or nio is. It needs Linux, and the library"
                            + " io.netty:netty-transport-native-" + text().replace('-', '_') + " for this processor",
                    e);
        }
    }

    /** As in the configuration: "io-uring". */
    private String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * What is set for each connection where it can be. The kernel would take some megabytes for a peer that reads slowly, and tell of
     * no progress until a good part of them is gone; so it is to take little that it cannot send.
     */
    Map<ChannelOption<?>, Object> childOptions() {
        return switch (resolve()) {
            case EPOLL -> Map.of(EpollChannelOption.TCP_NOTSENT_LOWAT, UNSENT);
            case IO_URING -> Map.of(IoUringChannelOption.TCP_NOTSENT_LOWAT, UNSENT);
            default -> Map.of();
        };
    }

    Class<? extends ServerChannel> serverChannel() {
        return switch (resolve()) {
            case EPOLL -> EpollServerSocketChannel.class;
            case IO_URING -> IoUringServerSocketChannel.class;
            default -> NioServerSocketChannel.class;
        };
    }
}
