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
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** STOMP: what comes in goes through the {@link Intake} to a session, and its outbox goes out in a framing. Event loop. */
final class StompTalk implements Talk, Sink {
    private final Loop loop;
    private final Framing framing;
    private final Session session;
    private final Intake intake;

    /** A message that has been written in part; no other may be begun before its end. */
    private @Nullable LargeMessage large;

    private StompTalk(Broker broker, Carrier carrier, Loop loop, Framing framing) {
        this.loop = loop;
        this.framing = framing;
        this.session = broker.connect(carrier);
        FrameDecoder decoder =
                new FrameDecoder(FrameDecoder.Side.SERVER, broker.options().codec());
        this.intake = new Intake(session, framing, decoder);
    }

    static Starter with(Broker broker) {
        return (carrier, loop, framing, refusal) -> refusal == null
                ? new StompTalk(broker, carrier, loop, framing)
                : new Refusal(framing, new Frame(Command.ERROR, Headers.of("message", refusal)));
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
        return finishLarge(out) && session.outbox().drain(this) && large == null;
    }

    private boolean finishLarge(Output out) {
        if (large != null && large.proceed(framing, out)) {
            large = null;
        }
        return large == null;
    }

    @Override
    public boolean hasRoom() {
        return large == null && loop.output().hasRoom();
    }

    @Override
    public void frame(Frame frame) {
        Output out = loop.output();
        ByteBuf encoded = out.encode(frame, session.version());
        framing.frame(encoded.array(), encoded.readableBytes(), out);
    }

    @Override
    public void message(Subscription subscription, Message message, @Nullable Delivery delivery) {
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
        return session.onTimer(nowNanos, lastReadNanos, lastWriteNanos, intake.isInsideFrame());
    }

    @Override
    public void end(CloseReason reason, String text) {
        session.end(reason, text);
    }

    @Override
    public void closed() {
        session.onClosed();
    }

    @Override
    public void release() {
        large = null;
        intake.release();
        framing.release();
    }
}
