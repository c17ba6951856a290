/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.CloseReason;
import io.hoofbeat.broker.Connection;
import io.hoofbeat.broker.ConnectionInfo;
import io.hoofbeat.broker.Session;
import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.FrameDecoder;
import io.hoofbeat.protocol.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A connection with a session: the only handler of ours in its pipeline. It hands what comes to the {@link Intake}, has the
 * {@link Outflow} write when the {@link Flusher} says so, and keeps the time.
 *
 * <p>Everything happens on the channel's event loop, except {@link #wake} and {@link #execute}. When either side wants to end it,
 * the {@link Farewell} takes over.
 */
final class StompChannel extends Flusher.Member implements ChannelInboundHandler, Connection, Runnable {
    /** How long frames of a closed connection may wait until the session takes them. */
    private static final long REMAINDER_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** How long a connection that takes nothing is still read from. */
    private static final long DEAF_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Accepted accepted;
    private final Loop loop;
    private final Framing framing;
    private final ConnectionInfo info;

    /** Set when it is put into the pipeline, as is the outflow. */
    private @Nullable ChannelHandlerContext context;

    private @Nullable Outflow outflow;

    /** Null before, and if it is turned away; so is the intake. */
    private @Nullable Session session;

    private @Nullable Intake intake;

    private long lastReadNanos;
    private boolean isReading;
    private boolean isProceedingLater;
    private boolean inputHasEnded;

    /** Null when nothing is due. */
    private @Nullable Future<?> timer;

    /** Null as long as neither side has ended it. */
    private @Nullable Farewell farewell;

    private boolean isGone;

    StompChannel(Accepted accepted, ConnectionInfo info, Function<StompChannel, Framing> framing) {
        this.accepted = accepted;
        this.loop = accepted.loop();
        this.info = info;
        this.framing = framing.apply(this);
    }

    // ---- its beginning

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
        lastReadNanos = loop.nanoTime();
        accepted.arrived();
        String refusal = accepted.refusal();
        if (refusal != null) {
            outflow = new Outflow(context, loop, framing, null);
            outflow.refuse(new Frame(Command.ERROR, Headers.of("message", refusal)));
            end(CloseCode.TRY_LATER, refusal);
            return;
        }
        session = accepted.broker().connect(this);
        outflow = new Outflow(context, loop, framing, session);
        FrameDecoder decoder = new FrameDecoder(
                FrameDecoder.Side.SERVER, accepted.broker().options().codec());
        intake = new Intake(session, framing, decoder);
        run();
    }

    // ---- what comes in

    @Override
    public void channelRead(ChannelHandlerContext context, Object read) {
        ByteBuf in = (ByteBuf) read;
        if (!isReading) {
            isReading = true;
            lastReadNanos = loop.nanoTime();
            if (intake != null && !isProceedingLater) {
                intake.nextTurn();
            }
        }
        if (farewell != null || intake == null) {
            discard(in);
            return;
        }
        if (intake.version() == null) {
            accepted.holds(in.readableBytes());
        }
        intake.add(in, context.alloc());
        proceed();
    }

    private void discard(ByteBuf in) {
        if (farewell != null) {
            farewell.discard(in);
        } else {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        isReading = false;
    }

    /** Gives the session what was read, as far as it takes it. */
    private void proceed() {
        Intake intake = Objects.requireNonNull(this.intake);
        boolean wasInLobby = intake.version() == null;
        try {
            if (intake.proceed(context().alloc())) {
                proceedLater();
            }
        } catch (WebSocketException e) {
            breakOff(e);
        } catch (RuntimeException e) {
            fail(e);
        }
        if (isGone || farewell != null) {
            return;
        }
        if (wasInLobby && intake.version() != null) {
            accepted.leaveLobby();
            run(); // heart-beats have been agreed on
        }
        if ((inputHasEnded || framing.isEnded()) && intake.isEmpty() && !intake.isPaused()) {
            endOfInput();
        } else {
            adjustReading(intake);
        }
    }

    private void proceedLater() {
        if (!isProceedingLater) {
            isProceedingLater = true;
            loop.executeInNextIteration(this::proceedNow);
        }
    }

    private void proceedNow() {
        isProceedingLater = false;
        if (farewell == null && !isGone && intake != null) {
            intake.nextTurn();
            proceed();
        }
    }

    private void adjustReading(Intake intake) {
        read(intake.hasRoom());
    }

    private void read(boolean reads) {
        // Once the peer has shut its direction Netty 4.2.18 forgets the socket in epoll, and fails if it is asked to
        // read.
        if (!inputHasEnded && channel().config().isAutoRead() != reads) {
            channel().config().setAutoRead(reads);
        }
    }

    @Override
    public void pauseReads() {
        if (intake != null && farewell == null) {
            intake.pause();
            adjustReading(intake);
        }
    }

    @Override
    public void resumeReads() {
        if (intake != null && farewell == null) {
            intake.resume();
            proceedLater();
        }
    }

    /** One direction of the socket has been shut, or TLS says that nothing more will come. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
            inputHasEnded = true;
            if (farewell != null) {
                farewell.inputEnded();
            } else {
                proceed();
            }
        } else if (event instanceof ChannelOutputShutdownEvent && farewell == null) {
            loop.schedule(context::close, DEAF_NANOS);
        }
    }

    /** Everything that came has been given to the session; now it goes. */
    private void endOfInput() {
        closeSession();
        end(framing.endCode(), "");
    }

    // ---- what goes out

    @Override
    public void wake() {
        loop.flusher().add(this);
    }

    @Override
    void drain(long nowNanos) {
        if (isGone || outflow == null || (farewell != null && farewell.hasSpoken())) {
            return;
        }
        try {
            if (outflow.write(nowNanos, farewell)) {
                wake();
            }
        } catch (RuntimeException | Error e) {
            // Whatever it is, the other connections want to be drained too.
            fail(e);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable() && outflow != null) {
            outflow.goesOn(loop.nanoTime());
            wake();
        }
    }

    // ---- time

    /** The timer. */
    @Override
    public void run() {
        stopTimer();
        if (isGone || farewell != null || session == null || intake == null || outflow == null) {
            return;
        }
        long now = loop.nanoTime();
        long delay = session.onTimer(now, lastReadNanos, outflow.lastWriteNanos(now), intake.isInsideFrame());
        if (!intake.isPaused()) {
            long framingDelay = framing.onTimer(now, lastReadNanos);
            if (framingDelay < 0) {
                session.end(CloseReason.LOST, "nothing was heard from the client, not even an answer to a Ping");
            } else {
                delay = Math.min(delay, framingDelay);
            }
        }
        if (farewell == null && delay < Long.MAX_VALUE) {
            timer = loop.schedule(this, delay);
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    // ---- its end

    @Override
    public void close(CloseReason reason, String text) {
        end(CloseCode.of(reason), text);
    }

    @Override
    public void abort() {
        context().close();
    }

    /** Ends it with an ERROR, if it has not ended. */
    void turnOut(CloseReason reason, String text) {
        if (session != null) {
            session.end(reason, text);
        }
    }

    private void end(int code, String text) {
        if (farewell != null || isGone) {
            return;
        }
        farewell = new Farewell(this, framing, loop, code, text);
        stopTimer();
        accepted.leaveLobby();
        if (!channel().isActive()) {
            gone();
            return;
        }
        if (intake != null) {
            intake.skip(context().alloc());
        }
        read(true);
        wake();
    }

    /** Broken framing is told in its own way, without an ERROR. */
    private void breakOff(WebSocketException violation) {
        accepted.server().tell(listener -> listener.protocolViolated(info, violation.text()));
        closeSession();
        end(violation.code(), violation.text());
    }

    /** A failure of ours. */
    private void fail(Throwable failure) {
        accepted.server().tell(listener -> listener.failed("connection from " + info.remoteAddress(), failure));
        if (farewell != null || session == null) {
            channel().close();
        } else {
            session.end(CloseReason.FAILED, "internal failure");
        }
    }

    /** The socket is closed; but frames that were received before are still the session's (S12-RCPT-6). */
    @Override
    public void channelInactive(ChannelHandlerContext context) {
        inputHasEnded = true;
        if (farewell == null && intake != null && !intake.isEmpty()) {
            loop.schedule(this::gone, REMAINDER_NANOS);
        } else {
            gone();
        }
    }

    private void gone() {
        if (isGone) {
            return;
        }
        isGone = true;
        stopTimer();
        if (farewell != null) {
            farewell.over();
        }
        if (intake != null) {
            intake.release();
        }
        if (outflow != null) {
            outflow.release();
        }
        closeSession();
    }

    private void closeSession() {
        if (session != null) {
            session.onClosed();
        }
    }

    /**
     * An error of the socket is followed by an event: what the peer sent before is still read if writing has failed, and what
     * is to be written is still tried if reading has.
     */
    @Override
    @SuppressWarnings("deprecation") // in ChannelHandler, not in ChannelInboundHandler
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof SSLException || cause.getCause() instanceof SSLException) {
            context.close();
        } else if (!(cause instanceof IOException)) {
            fail(cause);
        }
    }

    // ---- what the engine asks for besides

    @Override
    public void execute(Runnable task) {
        try {
            loop.eventLoop().execute(() -> {
                if (!isGone) {
                    task.run();
                }
            });
        } catch (RejectedExecutionException e) {
            // The server has been closed; the connection is gone.
        }
    }

    @Override
    public ConnectionInfo info() {
        return info;
    }

    boolean inputHasEnded() {
        return inputHasEnded;
    }

    ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }

    private Channel channel() {
        return context().channel();
    }

    // ---- what does not concern it

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {}

    @Override
    public void channelRegistered(ChannelHandlerContext context) {}

    @Override
    public void channelUnregistered(ChannelHandlerContext context) {}

    @Override
    public void channelActive(ChannelHandlerContext context) {}
}
