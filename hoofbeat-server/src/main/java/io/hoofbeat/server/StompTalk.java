/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.Broker;
import io.hoofbeat.broker.CloseReason;
import io.hoofbeat.broker.Delivery;
import io.hoofbeat.broker.Message;
import io.hoofbeat.broker.Session;
import io.hoofbeat.broker.Sink;
import io.hoofbeat.broker.Subscription;
import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.FrameDecoder;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.server.StompGate.Guard;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** STOMP: what comes in goes through the {@link Intake} to a session, and its outbox goes out in a framing. Event loop. */
final class StompTalk implements Talk, Sink {
    /** How long a guard, and a client before it, may take until CONNECT is answered. */
    private static final long GUARDS_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Loop loop;
    private final Framing framing;
    private final Session session;
    private final Intake intake;
    private final Carrier carrier;
    private final long beganNanos;

    /** Null if the broker is alone with its clients. */
    private final @Nullable Guard guard;

    /** A message that has been written in part; no other may be begun before its end. */
    private @Nullable LargeMessage large;

    /** With which the guard has ended it; 0 if it has not. */
    private int endCode;

    private String endReason = "";
    private boolean isOver;

    private StompTalk(Broker broker, Carrier carrier, Loop loop, Framing framing) {
        this.loop = loop;
        this.beganNanos = loop.nanoTime();
        this.carrier = carrier;
        this.framing = framing;
        this.session = broker.connect(carrier);
        this.guard = null;
        this.intake = new Intake(session, framing, decoder(broker), frame -> true);
    }

    private StompTalk(
            Broker broker,
            Carrier carrier,
            Loop loop,
            Framing framing,
            StompGate gate,
            Handshake handshake,
            Handlers handlers) {
        this.loop = loop;
        this.beganNanos = loop.nanoTime();
        this.carrier = carrier;
        this.framing = framing;
        this.session = broker.connect(carrier);
        Guard guard = gate.onOpen(new StompLine(this, carrier, loop, handshake, handlers));
        this.guard = guard;
        this.intake = new Intake(session, framing, decoder(broker), guard::enters);
        intake.holdUp();
    }

    private static FrameDecoder decoder(Broker broker) {
        return new FrameDecoder(FrameDecoder.Side.SERVER, broker.options().codec());
    }

    static Starter with(Broker broker) {
        return (carrier, loop, framing, refusal) ->
                refusal == null ? new StompTalk(broker, carrier, loop, framing) : refused(framing, refusal);
    }

    static Starter with(Broker broker, StompGate gate, Handshake handshake, Handlers handlers) {
        return (carrier, loop, framing, refusal) -> refusal == null
                ? new StompTalk(broker, carrier, loop, framing, gate, handshake, handlers)
                : refused(framing, refusal);
    }

    private static Refusal refused(Framing framing, String refusal) {
        return new Refusal(framing, new Frame(Command.ERROR, Headers.of("message", refusal)));
    }

    Session session() {
        return session;
    }

    // ---- what comes in

    @Override
    public void add(ByteBuf in, ByteBufAllocator allocator) {
        intake.add(in, allocator);
    }

    @Override
    public void add(JsonStrings strings) {
        if (strings.all().isReadable()) {
            intake.add(strings.all(), UnpooledByteBufAllocator.DEFAULT);
        }
    }

    @Override
    public void nextTurn() {
        intake.nextTurn();
    }

    @Override
    public boolean proceed(ByteBufAllocator allocator) {
        return intake.proceed(allocator);
    }

    @Override
    public boolean wantsMore() {
        return intake.hasRoom();
    }

    @Override
    public boolean isEmpty() {
        return intake.isEmpty();
    }

    @Override
    public boolean isPaused() {
        return intake.isPaused();
    }

    @Override
    public void pause() {
        intake.pause();
    }

    @Override
    public void resume() {
        intake.resume();
    }

    /** The guard has done with the frame that it took. */
    void letGo() {
        intake.letGo();
    }

    @Override
    public boolean isWelcome() {
        return intake.version() != null;
    }

    @Override
    public void skip(ByteBufAllocator allocator) {
        intake.skip(allocator);
    }

    // ---- what goes out

    @Override
    public boolean drain(Output out) {
        if (!finishLarge(out)) {
            return false;
        }
        if (guard != null) {
            guard.drain();
        }
        return session.outbox().drain(this) && large == null && (guard == null || guard.isIdle());
    }

    @Override
    public boolean awaitsWake() {
        return guard != null && large == null && !(guard.hasRoom() && guard.isIdle());
    }

    private boolean finishLarge(Output out) {
        if (large != null && large.proceed(framing, out)) {
            large = null;
        }
        return large == null;
    }

    @Override
    public boolean hasRoom() {
        return large == null && loop.output().hasRoom() && (guard == null || guard.hasRoom());
    }

    @Override
    public void frame(Frame frame) {
        if (guard == null || guard.leaves(frame)) {
            Output out = loop.output();
            ByteBuf encoded = out.encode(frame, session.version());
            framing.frame(encoded.array(), encoded.readableBytes(), out);
        }
    }

    /** What the guard has for the client. */
    void write(Frame frame, boolean binary) {
        Output out = loop.output();
        framing.payload(ByteBufUtil.getBytes(out.encode(frame, session.version())), binary, out);
    }

    /** The same as octets. */
    void write(byte[] octets, boolean binary) {
        framing.payload(octets, binary, loop.output());
    }

    @Override
    public void message(Subscription subscription, Message message, @Nullable Delivery delivery) {
        if (guard != null && !guard.leaves(subscription, message, delivery)) {
            guard.drain();
            return;
        }
        byte[] head = framing.head(subscription.head(message, delivery));
        byte[] tail = framing.tail(message, Objects.requireNonNull(session.version()));
        Output out = loop.output();
        if (message.isLarge()) {
            large = new LargeMessage(message, head, tail);
            finishLarge(out);
        } else {
            framing.message(head, tail, message, out);
        }
    }

    @Override
    public void beat() {
        framing.beat(loop.output());
    }

    // ---- time, and the end

    @Override
    public long onTimer(long nowNanos, long lastReadNanos, long lastWriteNanos) {
        if (guard != null && session.version() == null && session.isOpen() && nowNanos - beganNanos < GUARDS_NANOS) {
            return GUARDS_NANOS / 60; // the application is looking into it, which has its time
        }
        return session.onTimer(nowNanos, lastReadNanos, lastWriteNanos, intake.isInsideFrame());
    }

    @Override
    public void end(CloseReason reason, String text) {
        session.end(reason, text);
    }

    /** The guard wants it to end. */
    void end(int code, String reason) {
        if (endCode == 0 && session.isOpen()) {
            endCode = code;
            endReason = reason;
            session.onClosed();
            carrier.end(code, reason);
        }
    }

    @Override
    public void closed() {
        session.onClosed();
        if (guard != null && !isOver) {
            isOver = true;
            if (endCode != 0) {
                guard.onClose(endCode, endReason);
            } else if (framing.isEnded()) {
                guard.onClose(framing.endCode(), framing.endReason());
            } else {
                guard.onClose(
                        session.endReason() == CloseReason.LOST ? CloseCode.LOST : CloseCode.of(session.endReason()),
                        "");
            }
        }
    }

    @Override
    public void release() {
        large = null;
        intake.release();
        framing.release();
    }
}
