/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection on which HTTP is spoken: one request after the other, each routed and answered before the next is looked at, until
 * either side has enough, or WebSocket takes over. What comes behind a request that is being served waits; it is little, since the
 * octets of requests that wait are counted as held ({@link Accepted#holds}). Event loop.
 */
final class HttpConnection extends Entrance {
    /** Parts of requests; nobody has so much to ask while he waits for an answer. */
    private static final int MOST_WAITING = 64;

    /** How long a connection may be without a request, as browsers keep them. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** Of a WebSocket of 2010: the decoder waits for octets that its client sends when it has been answered. */
    private static final String OLD_DRAFT = "Sec-WebSocket-Key1";

    private final Accepted accepted;
    private final ArrayDeque<HttpObject> waiting = new ArrayDeque<>(0);

    /** Set when it is put into the pipeline. */
    private @Nullable ChannelHandlerContext context;

    /** Null between two requests. */
    private @Nullable HttpExchange current;

    private boolean isWorking;
    private boolean isOver;

    /** When it has to be closed; 0 while there is no reason. */
    private long dueNanos;

    private @Nullable Future<?> timer;

    HttpConnection(Accepted accepted) {
        this.accepted = accepted;
    }

    Accepted accepted() {
        return accepted;
    }

    ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
    }

    // ---- what comes in

    @Override
    public void channelRead(ChannelHandlerContext context, Object read) {
        HttpObject part = (HttpObject) read;
        if (isOver) {
            ReferenceCountUtil.release(part);
            return;
        }
        waiting.add(part);
        proceed();
        if (waiting.size() > MOST_WAITING) {
            context.close();
        }
    }

    /** Goes on with what has come, as far as it is its turn. */
    private void proceed() {
        if (isWorking) {
            return;
        }
        isWorking = true;
        try {
            while (!isOver && !waiting.isEmpty() && isNext()) {
                HttpObject part = waiting.remove();
                try {
                    take(part);
                } catch (RuntimeException e) {
                    fail(e);
                } finally {
                    ReferenceCountUtil.release(part);
                }
            }
            if (isOver) {
                forget();
            }
        } finally {
            isWorking = false;
        }
    }

    /** Whether the next part can be looked at: it belongs to the request at hand, or that one is over and its answer on its way. */
    private boolean isNext() {
        return current == null ? context().channel().isWritable() : !current.inputHasEnded();
    }

    private void take(HttpObject part) {
        if (part.decoderResult().isFailure()) {
            refuse(part);
            return;
        }
        if (part instanceof HttpRequest head) {
            begin(head);
        }
        HttpExchange exchange = current;
        if (exchange != null && part instanceof HttpContent content) {
            boolean isLast = part instanceof LastHttpContent;
            exchange.content(content.content(), isLast);
            if (isLast) {
                complete(exchange);
            }
        }
    }

    private void begin(HttpRequest head) {
        HttpExchange exchange = new HttpExchange(this, head);
        current = exchange;
        due(accepted.broker().options().connectTimeout().toNanos());
        String refusal = accepted.refusal();
        if (refusal != null && !exchange.isUpgrade()) {
            exchange.answerAndClose(Answer.of(HttpResponseStatus.SERVICE_UNAVAILABLE, refusal));
        } else if (!exchange.isMethod("GET") || head.headers().contains(OLD_DRAFT)) {
            serve(exchange);
        }
    }

    /** All of the request is here. With GET, what follows may be another protocol's, so that it begins only now. */
    private void complete(HttpExchange exchange) {
        dueNanos = 0;
        accepted.isServed();
        if (exchange.isMethod("GET") && !exchange.isAnswered()) {
            serve(exchange);
        }
        finished(exchange);
        if (waiting.isEmpty()) {
            accepted.spent();
        }
    }

    private void serve(HttpExchange exchange) {
        accepted.listener().router().route(exchange.path()).serve(exchange);
    }

    /** A failure of ours. */
    private void fail(RuntimeException failure) {
        accepted.server().tell(listener -> listener.failed("a request from " + accepted.address(), failure));
        if (current == null || current.isStreaming()) {
            context().close();
        } else {
            current.answerAndClose(Answer.of(HttpResponseStatus.INTERNAL_SERVER_ERROR, "internal failure"));
        }
    }

    private void refuse(HttpObject part) {
        Throwable cause = part.decoderResult().cause();
        boolean tooLong = cause instanceof TooLongHttpLineException || cause instanceof TooLongHttpHeaderException;
        Answer answer = tooLong
                ? Answer.of(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the request's head is too long")
                : Answer.of(HttpResponseStatus.BAD_REQUEST, "not a request that can be understood");
        if (current == null) {
            context()
                    .writeAndFlush(
                            answer.encode(context().alloc(), accepted.loop().date(), true, true),
                            context().voidPromise());
            close();
        } else {
            current.answerAndClose(answer);
        }
    }

    // ---- what goes out

    /** Perhaps the exchange is over, and the next one's turn. */
    void finished(HttpExchange exchange) {
        if (exchange != current || !exchange.isFinished()) {
            return;
        }
        current = null;
        if (exchange.closes() || accepted.isStopping()) {
            close();
        } else {
            due(IDLE_NANOS);
            proceed();
        }
    }

    /** Everything has been said. */
    private void close() {
        isOver = true;
        stopTimer();
        accepted.trust(); // what comes now is not held
        accepted.lingers();
        Farewell.shutOutputWhenFlushed(context());
        if (!isWorking) {
            forget();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            if (current != null) {
                current.writable();
            }
            proceed();
        }
    }

    /** The server stops: nothing more is begun. */
    void stop() {
        if (current == null) {
            context().close();
        }
    }

    /** HTTP is over on this connection: what comes next is that handler's, and what has come already. */
    void handOver(SessionChannel next) {
        isOver = true;
        current = null;
        stopTimer();
        ChannelHandlerContext from = context();
        if (!waiting.isEmpty()) {
            from.close(); // it did not wait for the answer, and what it sent was taken for HTTP
            return;
        }
        from.pipeline().addLast(next);
        from.pipeline().remove(this);
        from.pipeline().remove(HttpRequestDecoder.class);
    }

    // ---- time, and the end

    private void due(long delayNanos) {
        dueNanos = accepted.loop().nanoTime() + delayNanos;
        if (timer == null) {
            watch();
        }
    }

    /** The timer is set once for many requests: it looks when it is over whether it was meant. */
    private void watch() {
        timer = null;
        if (dueNanos == 0 || isOver) {
            return;
        }
        long left = dueNanos - accepted.loop().nanoTime();
        if (left > 0) {
            timer = accepted.loop().schedule(this::watch, Math.min(left, connectNanos()));
        } else {
            context().close();
        }
    }

    /** It has to look as often as the shorter of the two times asks for. */
    private long connectNanos() {
        return accepted.broker().options().connectTimeout().toNanos();
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    /** The client has shut its direction: browsers do so when they close, and that is what it is taken for. */
    @Override
    public void channelInactive(ChannelHandlerContext context) {
        isOver = true;
        stopTimer();
        HttpExchange exchange = current;
        current = null;
        if (exchange != null) {
            exchange.gone();
        }
        forget();
    }

    private void forget() {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
    }
}
