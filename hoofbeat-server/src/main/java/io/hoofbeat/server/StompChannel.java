/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.CloseReason;
import io.hoofbeat.broker.Connection;
import io.hoofbeat.broker.ConnectionInfo;
import io.hoofbeat.broker.Delivery;
import io.hoofbeat.broker.Message;
import io.hoofbeat.broker.Session;
import io.hoofbeat.broker.Sink;
import io.hoofbeat.broker.Subscription;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.FrameDecoder;
import io.hoofbeat.protocol.Version;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelOutboundBuffer;
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
 * A connection with a session: the only handler of ours in its pipeline. It reads frames for the session, and writes what is in
 * the session's outbox when the {@link Flusher} says so.
 *
 * <p>Everything happens on the channel's event loop, except {@link #wake} and {@link #execute}. The parts of its life are the
 * session's, then that of the {@link Farewell}, which begins when either side wants to end it.
 */
final class StompChannel extends Flusher.Member implements ChannelInboundHandler, Connection, Sink, Runnable {
    /** How long frames of a closed connection may wait until the session takes them. */
    private static final long REMAINDER_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** How long a connection that takes nothing is still read from. */
    private static final long DEAF_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Accepted accepted;
    private final Loop loop;
    private final Framing framing;
    private final ConnectionInfo info;

    private @Nullable ChannelHandlerContext context;
    /** Set with the context. */
    private @Nullable Session session;

    private @Nullable Intake intake;

    private long lastReadNanos;
    private long lastWriteNanos;
    private boolean readsSinceComplete;

    /** What the channel had not written when the timer ran last; tells whether the peer takes anything. */
    private long pendingBefore;

    private long progressBefore;

    /** Null when nothing is due. */
    private @Nullable Future<?> timer;

    /** Whether {@link #proceed} has been put off. */
    private boolean isProceedingLater;

    /** A message that has been written in part; nothing else may be written before its end. */
    private @Nullable LargeMessage large;

    private boolean inputHasEnded;
    /** Null as long as neither side has ended it. */
    private @Nullable Farewell farewell;

    private boolean isGone;

    StompChannel(Accepted accepted, String transport, Function<StompChannel, Framing> framing) {
        this.accepted = accepted;
        this.loop = accepted.loop();
        this.info = accepted.info(transport);
        this.framing = framing.apply(this);
    }

    // ---- its beginning

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
        lastReadNanos = lastWriteNanos = loop.nanoTime();
        accepted.arrived();
        session = accepted.broker().connect(this);
        intake = new Intake(
                session,
                framing,
                new FrameDecoder(
                        FrameDecoder.Side.SERVER, accepted.broker().options().codec()));
        if (farewell == null) {
            run();
        }
    }

    // ---- what comes in

    @Override
    public void channelRead(ChannelHandlerContext context, Object read) {
        ByteBuf in = (ByteBuf) read;
        if (!readsSinceComplete) {
            readsSinceComplete = true;
            lastReadNanos = loop.nanoTime();
        }
        if (farewell != null) {
            farewell.discard(in);
            return;
        }
        intake().add(in, context.alloc());
        proceed();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        readsSinceComplete = false;
    }

    /** Gives the session what was read, as far as it takes it. */
    private void proceed() {
        Intake intake = intake();
        boolean knewVersion = intake.version() != null;
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
        if (!knewVersion && intake.version() != null) {
            // Heart-beats have been agreed on.
            run();
        }
        if (intake.isEmpty() && !intake.isPaused() && (inputHasEnded || framing.isEnded())) {
            endOfInput();
        } else {
            adjustReading();
        }
    }

    private void proceedLater() {
        if (!isProceedingLater) {
            isProceedingLater = true;
            execute(() -> {
                isProceedingLater = false;
                proceedUnlessEnding();
            });
        }
    }

    private void proceedUnlessEnding() {
        if (farewell == null) {
            proceed();
        }
    }

    private void adjustReading() {
        boolean reads = farewell != null || intake().hasRoom();
        if (channel().config().isAutoRead() != reads) {
            channel().config().setAutoRead(reads);
        }
    }

    @Override
    public void pauseReads() {
        if (intake != null) {
            intake.pause();
            if (farewell == null) {
                adjustReading();
            }
        }
    }

    @Override
    public void resumeReads() {
        if (intake != null) {
            intake.resume();
            proceedLater();
        }
    }

    /** The peer sends nothing more, but may read. */
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
        session().onClosed();
        end(framing.endCode(), "");
    }

    // ---- what goes out

    @Override
    public void wake() {
        loop.flusher().add(this);
    }

    @Override
    void drain(long nowNanos) {
        if (isGone || session == null || (farewell != null && farewell.hasSpoken())) {
            return;
        }
        try {
            write(nowNanos);
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void write(long nowNanos) {
        Channel channel = channel();
        long room = channel.bytesBeforeUnwritable();
        if (room <= 0) {
            return;
        }
        Output out = loop.output();
        out.begin(context(), room);
        framing.control(out);
        long controls = out.total();
        boolean everything = finishLarge(out) && session().outbox().drain(this) && large == null;
        boolean carriesData = out.total() > controls;
        if (everything && farewell != null) {
            farewell.speak(out);
        } else {
            out.end();
            context().flush();
        }
        if (carriesData && isAllTaken()) {
            lastWriteNanos = nowNanos;
        }
        if (!everything && channel.isWritable()) {
            wake();
        }
    }

    private boolean finishLarge(Output out) {
        if (large == null) {
            return true;
        }
        if (!large.proceed(framing, out)) {
            return false;
        }
        large = null;
        return true;
    }

    private boolean isAllTaken() {
        ChannelOutboundBuffer buffer = channel().unsafe().outboundBuffer();
        return buffer == null || buffer.totalPendingWriteBytes() == 0;
    }

    @Override
    public boolean hasRoom() {
        return large == null && loop.output().hasRoom();
    }

    @Override
    public void frame(Frame frame) {
        Output out = loop.output();
        ByteBuf encoded = out.encode(frame, session().version());
        framing.frame(encoded.array(), encoded.readableBytes(), out);
    }

    @Override
    public void message(Subscription subscription, Message message, @Nullable Delivery delivery) {
        byte[] head = subscription.head(message, delivery);
        byte[] tail = message.tail(Objects.requireNonNull(session().version()));
        Output out = loop.output();
        if (!message.isLarge()) {
            framing.message(head, tail, message, out);
            return;
        }
        large = new LargeMessage(message, head, tail);
        finishLarge(out);
    }

    @Override
    public void beat() {
        framing.beat(loop.output());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            lastWriteNanos = loop.nanoTime();
            wake();
        }
    }

    // ---- time

    /** The timer. */
    @Override
    public void run() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        if (isGone || farewell != null) {
            return;
        }
        long now = loop.nanoTime();
        noteProgress(now);
        long delay = session().onTimer(now, lastReadNanos, lastWriteNanos, intake().isInsideFrame());
        long framingDelay = intake().isPaused() ? Long.MAX_VALUE : framing.onTimer(now, lastReadNanos);
        if (farewell == null && framingDelay < 0) {
            session().end(CloseReason.LOST, "nothing was heard from the client");
        }
        delay = Math.min(delay, framingDelay < 0 ? Long.MAX_VALUE : framingDelay);
        if (farewell == null && delay < Long.MAX_VALUE) {
            timer = loop.schedule(this, delay);
        }
    }

    /** What did not leave with its flush leaves unseen; so it is looked at now and then. */
    private void noteProgress(long nowNanos) {
        ChannelOutboundBuffer buffer = channel().unsafe().outboundBuffer();
        long pending = buffer == null ? 0 : buffer.totalPendingWriteBytes();
        long progress = buffer == null ? 0 : buffer.currentProgress();
        if (pending < pendingBefore || (pending == pendingBefore && progress > progressBefore)) {
            lastWriteNanos = nowNanos;
        }
        pendingBefore = pending;
        progressBefore = progress;
    }

    // ---- its end

    @Override
    public void close(CloseReason reason, String text) {
        end(CloseCode.of(reason), text);
    }

    private void end(int code, String text) {
        if (farewell != null || isGone) {
            return;
        }
        farewell = new Farewell(this, framing, loop, code, text);
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        if (!channel().isActive()) {
            gone();
            return;
        }
        if (intake != null) {
            intake.skip(context().alloc());
        }
        if (!channel().config().isAutoRead()) {
            channel().config().setAutoRead(true);
        }
        wake();
    }

    /** Broken framing is told in its own way, without an ERROR. */
    private void breakOff(WebSocketException violation) {
        accepted.server().tell(listener -> listener.protocolViolated(info, violation.text()));
        session().onClosed();
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

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {}

    private void gone() {
        if (isGone) {
            return;
        }
        isGone = true;
        if (timer != null) {
            timer.cancel(false);
        }
        if (farewell != null) {
            farewell.over();
        }
        if (intake != null) {
            intake.release();
        }
        framing.release();
        large = null;
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

    @Nullable Version version() {
        return intake == null ? null : intake.version();
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

    private Session session() {
        return Objects.requireNonNull(session);
    }

    private Intake intake() {
        return Objects.requireNonNull(intake);
    }

    // ---- what does not concern it

    @Override
    public void channelRegistered(ChannelHandlerContext context) {}

    @Override
    public void channelUnregistered(ChannelHandlerContext context) {}

    @Override
    public void channelActive(ChannelHandlerContext context) {}
}
