/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.CloseReason;
import io.hoofbeat.broker.ConnectionInfo;
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
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A connection with a session: the only handler of ours in its pipeline. It hands what comes to the {@link Talk}, has the
 * {@link Outflow} write when the {@link Flusher} says so, and keeps the time.
 *
 * <p>Everything happens on the channel's event loop, except {@link #wake} and {@link #execute}. When either side wants to end it,
 * the {@link Farewell} takes over.
 */
final class SessionChannel extends Flusher.Member implements ChannelInboundHandler, Carrier, Runnable {
    /** How long frames of a closed connection may wait until the session takes them. */
    private static final long REMAINDER_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** How long a connection that takes nothing is still read from. */
    private static final long DEAF_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Accepted accepted;
    private final Loop loop;
    private final Framing framing;
    private final ConnectionInfo info;

    private final Talk.Starter starter;

    /** Set when it is put into the pipeline, as are outflow and talk. */
    private @Nullable ChannelHandlerContext context;

    private @Nullable Outflow outflow;
    private @Nullable Talk talk;

    private long lastReadNanos;
    private boolean isReading;
    private boolean isProceedingLater;
    private boolean inputHasEnded;

    /** Null when nothing is due. */
    private @Nullable Future<?> timer;

    /** Null as long as neither side has ended it. */
    private @Nullable Farewell farewell;

    private boolean isGone;

    SessionChannel(
            Accepted accepted, ConnectionInfo info, Function<SessionChannel, Framing> framing, Talk.Starter starter) {
        this.accepted = accepted;
        this.starter = starter;
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
        talk = starter.start(this, loop, framing, refusal);
        outflow = new Outflow(context, loop, framing, talk);
        if (refusal == null) {
            run();
        } else {
            end(CloseCode.TRY_LATER, refusal);
        }
    }

    // ---- what comes in

    @Override
    public void channelRead(ChannelHandlerContext context, Object read) {
        ByteBuf in = (ByteBuf) read;
        if (!isReading) {
            isReading = true;
            lastReadNanos = loop.nanoTime();
            if (talk != null && !isProceedingLater) {
                talk.nextTurn();
            }
        }
        if (farewell != null) {
            farewell.discard(in);
            return;
        }
        Talk talk = talk();
        if (!talk.isWelcome()) {
            accepted.holds(in.readableBytes());
        }
        talk.add(in, context.alloc());
        proceed();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        isReading = false;
    }

    /** Gives the session what was read, as far as it takes it. */
    private void proceed() {
        Talk talk = talk();
        boolean wasInLobby = !talk.isWelcome();
        try {
            if (talk.proceed(context().alloc())) {
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
        if (wasInLobby && talk.isWelcome()) {
            accepted.leaveLobby();
            run(); // heart-beats have been agreed on
        }
        if ((inputHasEnded || framing.isEnded()) && talk.isEmpty() && !talk.isPaused()) {
            endOfInput();
        } else {
            read(talk.wantsMore());
        }
    }

    @Override
    public void proceedLater() {
        if (!isProceedingLater) {
            isProceedingLater = true;
            loop.executeInNextIteration(this::proceedNow);
        }
    }

    private void proceedNow() {
        isProceedingLater = false;
        if (farewell == null && !isGone) {
            talk().nextTurn();
            proceed();
        }
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
        if (talk != null && farewell == null) {
            talk.pause();
            read(talk.wantsMore());
        }
    }

    @Override
    public void resumeReads() {
        if (talk != null && farewell == null) {
            talk.resume();
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
        talk().closed();
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
        if (isGone || farewell != null || talk == null || outflow == null) {
            return;
        }
        long now = loop.nanoTime();
        long delay = talk.onTimer(now, lastReadNanos, outflow.lastWriteNanos(now));
        if (!talk.isPaused()) {
            long framingDelay = framing.onTimer(now, lastReadNanos);
            if (framingDelay < 0) {
                talk.end(CloseReason.LOST, "nothing was heard from the client, not even an answer to a Ping");
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
        talk().end(reason, text);
    }

    @Override
    public void end(int code, String text) {
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
        talk().skip(context().alloc());
        read(true);
        wake();
    }

    /** Broken framing is told in its own way, without an ERROR. */
    private void breakOff(WebSocketException violation) {
        accepted.server().tell(listener -> listener.protocolViolated(info, violation.text()));
        talk().closed();
        end(violation.code(), violation.text());
    }

    /** A failure of ours. */
    private void fail(Throwable failure) {
        accepted.server().tell(listener -> listener.failed("connection from " + info.remoteAddress(), failure));
        if (farewell != null || talk == null) {
            channel().close();
        } else {
            talk.end(CloseReason.FAILED, "internal failure");
        }
    }

    /** The socket is closed; but frames that were received before are still the session's (S12-RCPT-6). */
    @Override
    public void channelInactive(ChannelHandlerContext context) {
        inputHasEnded = true;
        if (farewell == null && !talk().isEmpty()) {
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
        talk().release();
        talk().closed();
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
        loop.execute(() -> {
            if (!isGone) {
                task.run();
            }
        });
    }

    @Override
    public ConnectionInfo info() {
        return info;
    }

    boolean inputHasEnded() {
        return inputHasEnded;
    }

    /** Whether it is known who it is. */
    boolean isWelcome() {
        return talk().isWelcome();
    }

    private Talk talk() {
        return Objects.requireNonNull(talk);
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
