/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.FrameDecoder;
import io.hoofbeat.protocol.FrameEncoder;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.HeartBeat;
import io.hoofbeat.protocol.ProtocolException;
import io.hoofbeat.protocol.Version;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One connection, from the socket to its end; it is not used again. All state belongs to the event loop; what may be called from
 * any thread says so, and hands its frame over.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter implements HeartBeats.Wire {

    private enum State {
        /** Socket, TLS and WebSocket are being opened. */
        OPENING,
        /** CONNECT was sent. */
        CONNECTING,
        OPEN,
        /** DISCONNECT was sent: nothing follows it (C11-DISC-2). */
        DISCONNECTING,
        ENDED
    }

    private final ClientOptions options;
    private final FrameDecoder decoder;
    private final Deliveries deliveries;
    private final Receipts receipts = new Receipts();
    private final Subscriptions subscriptions = new Subscriptions();
    private final AtomicLong receiptIds = new AtomicLong();
    private final CompletableFuture<ClientConnection> connected = new CompletableFuture<>();
    private final CompletableFuture<Boolean> disconnected = new CompletableFuture<>();
    private final CompletableFuture<StompException> lost = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private State state = State.OPENING;
    /** What WebSocket said at its end; null if it said nothing. */
    private @Nullable String goodbye;
    /** Null until CONNECTED. */
    private @Nullable HeartBeats heartBeats;

    /** Null until the channel is there. */
    private volatile @Nullable ChannelHandlerContext context;

    private volatile @Nullable Outgoing outgoing;

    private volatile Version version = Version.V1_0;
    private volatile Headers welcome = Headers.EMPTY;
    /** Why nothing can be sent any more; null while it can. */
    private volatile @Nullable StompException over;
    /** Why it ended, if it was not wished for; written before the deliveries end, read behind it. */
    private volatile @Nullable StompException failure;

    ClientConnection(ClientOptions options) {
        this.options = options;
        this.decoder = new FrameDecoder(FrameDecoder.Side.CLIENT, options.limits());
        this.deliveries = new Deliveries(options, () -> execute(this::resume), this::completeEnd);
    }

    /** Done when CONNECTED has come. */
    CompletableFuture<ClientConnection> connected() {
        return connected;
    }

    /** Done when the connection is over, with the reason. */
    CompletableFuture<StompException> lost() {
        return lost;
    }

    /** Done when all is over, handlers included; exceptionally, if it was not {@link #disconnect} that ended it. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    Version version() {
        return version;
    }

    /** Whose messages are for whom. */
    Subscriptions subscriptions() {
        return subscriptions;
    }

    /** The headers of CONNECTED. */
    Headers welcome() {
        return welcome;
    }

    /** For the head of the pipeline: every octet is a sign of life, also those that are no frame yet. */
    ChannelHandler readClock() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                HeartBeats beats = heartBeats;
                if (beats != null) {
                    beats.read();
                }
                context.fireChannelRead(message);
            }
        };
    }

    /** It could not even be opened. */
    void openFailed(Throwable cause) {
        fail(ConnectFailures.of(options.address(), cause));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        outgoing = new Outgoing(added, options, this::written);
        long millis = options.connectTimeout().toMillis();
        loop().schedule(
                        () -> {
                            if (state == State.OPENING || state == State.CONNECTING) {
                                String what = state == State.OPENING ? "no answer" : "no CONNECTED";
                                fail(connectFailed(
                                        what + " within "
                                                + options.connectTimeout().toMillis() + " ms",
                                        null));
                            }
                        },
                        millis,
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        if (options.address().scheme() == ServerAddress.Scheme.TCP) {
            connect();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext triggered, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (!handshake.isSuccess()) {
                openFailed(handshake.cause());
            } else if (options.address().scheme() == ServerAddress.Scheme.TLS) {
                connect();
            }
        } else if (event == WebSocketTransport.READY) {
            connect();
        } else if (event instanceof WebSocketTransport.Closed closed) {
            goodbye = closed.reason();
        }
    }

    private void connect() {
        if (state != State.OPENING) {
            return;
        }
        state = State.CONNECTING;
        ByteBuf buffer = here().alloc().buffer();
        FrameEncoder.encode(Openings.connect(options), buffer);
        here().writeAndFlush(buffer);
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) {
        ByteBuf octets = (ByteBuf) message;
        try {
            while (state != State.ENDED) {
                Frame frame = decoder.decode(octets);
                if (frame == null) {
                    return;
                }
                onFrame(frame);
            }
        } catch (ProtocolException e) {
            fail(broken("the server broke the protocol: " + e.getMessage(), e));
        } finally {
            octets.release();
        }
    }

    private void onFrame(Frame frame) {
        if (state == State.CONNECTING && frame.command() != Command.CONNECTED && frame.command() != Command.ERROR) {
            fail(broken("the server answered CONNECT with " + frame.command(), null));
            return;
        }
        switch (frame.command()) {
            case CONNECTED -> onConnected(frame);
            case MESSAGE -> onMessage(frame);
            case RECEIPT -> onReceipt(frame.headers().get("receipt-id"));
            case ERROR -> onError(frame);
            default -> fail(broken("the server sent " + frame.command(), null));
        }
    }

    private void onConnected(Frame frame) {
        if (state != State.CONNECTING) {
            fail(lost("the server sent CONNECTED twice", null));
            return;
        }
        String text = frame.headers().get("version");
        Version chosen = text == null ? Version.V1_0 : Version.of(text);
        if (chosen == null || !options.versions().contains(chosen)) {
            fail(connectFailed("the server speaks STOMP " + (text == null ? "1.0" : text) + " only", null));
            return;
        }
        HeartBeat theirs =
                chosen.hasHeartBeats() ? HeartBeat.parse(frame.headers().get("heart-beat")) : HeartBeat.NONE;
        version = chosen;
        welcome = frame.headers();
        decoder.use(chosen);
        state = State.OPEN;
        HeartBeats beats = new HeartBeats(loop(), this, options.heartBeat(), theirs, options.heartBeatTolerance());
        heartBeats = beats;
        beats.start();
        expireReceipts();
        connected.complete(this);
    }

    private void onMessage(Frame frame) {
        if (state != State.OPEN) {
            return;
        }
        ClientSubscription subscription = subscriptions.of(frame.headers());
        if (subscription == null) {
            // Just unsubscribed from, or never asked for: somebody else may have use for it (C10-SUB-2).
            if (frame.headers().contains("ack") && version.hasNack()) {
                write(outgoing()
                        .pack(new Frame(Command.NACK, ReceivedMessage.settlement(frame.headers(), version)), version));
            }
            return;
        }
        ReceivedMessage message = new ReceivedMessage(frame, subscription.ackMode(), this);
        int size = frame.headers().octets() + frame.body().length + 64;
        if (!deliveries.offer(subscription, message, size)) {
            here().channel().config().setAutoRead(false);
        }
    }

    /** There is room for messages again. */
    private void resume() {
        if (state == State.OPEN) {
            here().channel().config().setAutoRead(true);
        }
    }

    private void onReceipt(@Nullable String id) {
        if (state == State.DISCONNECTING && Openings.GOODBYE.equals(id)) {
            disconnected.complete(true);
            end(null);
        } else {
            receipts.complete(id);
        }
    }

    private void onError(Frame frame) {
        ServerErrorException error = new ServerErrorException(frame);
        if (state == State.CONNECTING) {
            fail(connectFailed(error.text(), error));
            return;
        }
        receipts.fail(frame.headers().get("receipt-id"), error);
        fail(lost("the server says: " + error.text(), error));
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        String how = goodbye == null ? "the server closed it" : goodbye;
        switch (state) {
            case OPENING, CONNECTING -> fail(broken(how + " before CONNECTED", null));
            case OPEN -> fail(broken(how, null));
            case DISCONNECTING -> {
                // The end of the stream is good enough, but it confirms nothing (C12-DISC-3).
                disconnected.complete(false);
                end(null);
            }
            case ENDED -> {}
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext caught, Throwable cause) {
        switch (state) {
            case OPENING, CONNECTING -> openFailed(cause);
            case DISCONNECTING -> channelInactive(caught);
            case OPEN -> fail(lost(ConnectFailures.root(cause), cause));
            case ENDED -> {}
        }
    }

    private ConnectFailedException connectFailed(String why, @Nullable Throwable cause) {
        return new ConnectFailedException("cannot connect to " + options.address() + ": " + why, cause);
    }

    private ConnectionEndedException lost(String why, @Nullable Throwable cause) {
        return new ConnectionEndedException("connection to " + options.address() + " ended: " + why, cause);
    }

    /** What is a failure to connect before CONNECTED, and the end of a connection behind it. */
    private StompException broken(String why, @Nullable Throwable cause) {
        return state == State.OPENING || state == State.CONNECTING ? connectFailed(why, cause) : lost(why, cause);
    }

    private void fail(StompException why) {
        disconnected.complete(false);
        end(why);
    }

    /** The one end of a connection, however it came. Null if it was wished for. */
    private void end(@Nullable StompException why) {
        if (state == State.ENDED) {
            return;
        }
        state = State.ENDED;
        StompException reason = why == null ? lost("we disconnected", null) : why;
        over = reason;
        Outgoing sending = outgoing;
        if (sending != null) {
            sending.end();
        }
        connected.completeExceptionally(reason);
        receipts.failAll(reason instanceof ConnectionEndedException ? reason : lost(reason.text(), reason));
        failure = why;
        lost.complete(reason);
        deliveries.end();
        ChannelHandlerContext closing = context;
        if (closing != null) {
            closing.close();
        }
    }

    private void completeEnd() {
        StompException why = failure;
        if (why == null) {
            ended.complete(null);
        } else {
            ended.completeExceptionally(why);
        }
    }

    /**
     * Sends a frame. Waits if too much is under way already. Any thread.
     *
     * @throws IllegalArgumentException if this version of STOMP cannot carry a header
     * @throws ConnectionEndedException if there is no connection any more
     * @throws NoAnswerException if the server takes nothing
     */
    void send(Frame frame) {
        submit(frame, () -> {});
    }

    /** The same; done when the server confirms it. Any thread. */
    CompletableFuture<Void> sendWithReceipt(Frame frame) {
        String own = frame.headers().get("receipt");
        String id = own == null ? "r" + receiptIds.incrementAndGet() : own;
        CompletableFuture<Void> receipt = new CompletableFuture<>();
        submit(own == null ? Openings.asking(frame, id) : frame, () -> {
            if (state == State.OPEN) {
                receipts.add(id, receipt, System.nanoTime());
            } else {
                receipt.completeExceptionally(over());
            }
        });
        return receipt;
    }

    private void submit(Frame frame, Runnable before) {
        if (over != null) {
            throw over();
        }
        Outgoing.Packet packet = outgoing().pack(frame, version);
        boolean handedOver = execute(() -> {
            before.run();
            write(packet);
        });
        if (!handedOver) {
            outgoing().drop(packet);
            throw over();
        }
    }

    /** For whoever comes too late. */
    private ConnectionEndedException over() {
        StompException why = over;
        return why == null ? lost("it was closed", null) : new ConnectionEndedException(why.text(), why);
    }

    private boolean execute(Runnable task) {
        try {
            loop().execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            // The loop has ended, and with it the connection; whoever waits was told.
            return false;
        }
    }

    private void write(Outgoing.Packet packet) {
        if (state == State.OPEN) {
            outgoing().write(packet);
        } else {
            outgoing().drop(packet);
        }
    }

    /** Says goodbye, behind what was sent so far; done when it is over: true if the server confirmed it. Any thread. */
    CompletableFuture<Boolean> disconnect() {
        if (context == null || !execute(this::startDisconnect)) {
            disconnected.complete(false);
        }
        return disconnected;
    }

    private void startDisconnect() {
        if (state != State.OPEN) {
            if (state != State.DISCONNECTING) {
                fail(lost("we gave up", null));
            }
            return;
        }
        write(outgoing().pack(new Frame(Command.DISCONNECT, Headers.of("receipt", Openings.GOODBYE)), version));
        state = State.DISCONNECTING;
        over = lost("we disconnected", null);
        here().channel().config().setAutoRead(true);
        loop().schedule(
                        () -> {
                            disconnected.complete(false);
                            end(null);
                        },
                        options.closeTimeout().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void expireReceipts() {
        if (state == State.OPEN) {
            receipts.expire(System.nanoTime(), options.receiptTimeout().toNanos());
            loop().schedule(
                            this::expireReceipts,
                            Math.max(
                                    10, Math.min(1_000, options.receiptTimeout().toMillis() / 4)),
                            TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public boolean isOpen() {
        return state == State.OPEN;
    }

    @Override
    public boolean isIdle() {
        return outgoing().isIdle();
    }

    @Override
    public boolean isReading() {
        return here().channel().config().isAutoRead();
    }

    @Override
    public void beat() {
        write(outgoing().beat());
    }

    @Override
    public void lost(long silentMillis) {
        fail(lost("no sign of life from the server for " + silentMillis + " ms", null));
    }

    private void written() {
        HeartBeats beats = heartBeats;
        if (beats != null) {
            beats.written();
        }
    }

    private Outgoing outgoing() {
        Outgoing present = outgoing;
        if (present == null) {
            throw new IllegalStateException("not connected");
        }
        return present;
    }

    private ChannelHandlerContext here() {
        ChannelHandlerContext present = context;
        if (present == null) {
            throw new IllegalStateException("not connected");
        }
        return present;
    }

    private EventLoop loop() {
        return here().channel().eventLoop();
    }
}
