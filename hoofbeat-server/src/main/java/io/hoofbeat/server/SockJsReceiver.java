/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * A response that carries frames of SockJS to a client: one if it is polling, many if it streams. Made on the event loop of its
 * connection, then used by that of its session.
 */
final class SockJsReceiver implements HttpExchange.Stream {
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(US_ASCII);

    private final HttpExchange exchange;
    private final SockJsSession session;
    private final SockJsTransport transport;
    private final String callback;

    /** Null once it was written. */
    private byte @Nullable [] head;

    /** Where frames begin in what is being written. */
    private long start;

    private long sent;

    /**
     * Of a request that is to be answered so.
     *
     * @param callback the function to be called; empty if the transport has none
     */
    SockJsReceiver(
            HttpExchange exchange, SockJsSession session, SockJsTransport transport, String callback, Answer head) {
        this.exchange = exchange;
        this.session = session;
        this.transport = transport;
        this.callback = callback;
        this.head = exchange.begin(head, this);
    }

    @Override
    public void writable() {
        session.wake();
    }

    @Override
    public void gone() {
        session.interrupted(this);
    }

    SockJsTransport transport() {
        return transport;
    }

    Channel channel() {
        return exchange.context().channel();
    }

    /** Starts writing: the first time the head and what the transport wants before it all. */
    void begin(Output out, long room) {
        out.begin(exchange.context(), room);
        if (head != null) {
            out.octets(head);
            head = null;
            out.chunked(exchange.isChunked());
            transport.prelude(callback, out);
            out.handOver();
        } else {
            out.chunked(exchange.isChunked());
        }
        start = out.total();
    }

    /** Whether anything of frames was written since {@link #begin}. */
    boolean hasSpoken(Output out) {
        return out.total() > start;
    }

    /** A frame begins. */
    void start(Output out) {
        transport.start(callback, out);
    }

    void put(byte[] octets, Output out) {
        transport.put(octets, out);
    }

    /** A frame ends. */
    void end(Output out) {
        transport.end(out);
    }

    void frame(byte[] frame, Output out) {
        start(out);
        put(frame, out);
        end(out);
        out.handOver();
    }

    /** Hands over what was written, and flushes if it was anything. */
    void flush(Output out) {
        sent += out.total() - start;
        boolean any = out.total() > 0;
        out.end();
        if (any) {
            exchange.context().flush();
        }
    }

    /** How many octets of frames it has carried, with what is being written. */
    long sentWith(Output out) {
        return sent + out.total() - start;
    }

    /** The same as {@link #flush}, and the end of the response. */
    void finish(Output out) {
        out.chunked(false);
        if (exchange.isChunked()) {
            out.octets(LAST_CHUNK);
        }
        flush(out);
        exchange.end();
    }

    /** Nobody can be told anything any more. Any thread. */
    void cut() {
        exchange.execute(() -> channel().close());
    }
}
