/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.Version;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a STOMP server. Thread-safe; what one thread sends arrives in its order.
 *
 * <pre>{@code
 * StompClient client = StompClient.connect("ws://localhost:8080/stomp");
 * client.subscribe("/topic/greetings", message -> System.out.println(message.text()));
 * client.send("/app/greeting", "Ada");
 * }</pre>
 *
 * <p>Handlers are called one after the other, by a thread of their own. Futures are completed by the connection's thread: what is
 * hung on them must not block. When the server takes nothing, senders wait; when handlers are slow, the server does. A handler
 * that waits for a receipt or a reply may therefore wait for itself: let it go on when the future is done.
 *
 * <p>An open client keeps the program running. When the connection ends, so does the client: it does not come back by itself.
 */
public final class StompClient implements AutoCloseable {
    private final ClientOptions options;
    private final EventLoopGroup loops;
    /** Final as long as nobody reconnects; what belongs to one connection is kept in it, not here. */
    private final ClientConnection connection;

    private final Requests requests;
    private final AtomicLong subscriptionIds = new AtomicLong();

    private StompClient(ClientOptions options, EventLoopGroup loops, ClientConnection connection) {
        this.options = options;
        this.loops = loops;
        this.connection = connection;
        this.requests = new Requests(connection);
    }

    /**
     * Connects with the default options. Waits until the server has accepted.
     *
     * @param url {@code tcp://host:port}, {@code tls://...}, {@code ws://host:port/path} or {@code wss://...}
     * @throws IllegalArgumentException if the URL is none of those
     * @throws ConnectFailedException if it does not come about
     */
    public static StompClient connect(String url) {
        return connect(ClientOptions.builder(url).build());
    }

    /**
     * Connects. Waits until the server has accepted.
     *
     * @throws ConnectFailedException if it does not come about
     */
    public static StompClient connect(ClientOptions options) {
        return await(connectAsync(options));
    }

    /** Connects; done when the server has accepted, or failed with {@link ConnectFailedException}. */
    public static CompletableFuture<StompClient> connectAsync(ClientOptions options) {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("hoofbeat-client"), NioIoHandler.newFactory());
        ClientConnection connection = new ClientConnection(options);
        connection.ended().whenComplete((done, why) -> loops.shutdownGracefully(0, 2, TimeUnit.SECONDS));
        try {
            Dialer.dial(options, loops, connection).addListener(opened -> {
                if (!opened.isSuccess()) {
                    connection.openFailed(opened.cause());
                }
            });
        } catch (ConnectFailedException e) {
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            return CompletableFuture.failedFuture(e);
        }
        CompletableFuture<StompClient> client = new CompletableFuture<>();
        connection.connected().whenComplete((open, failure) -> {
            if (failure == null) {
                client.complete(new StompClient(options, loops, connection));
            } else {
                client.completeExceptionally(failure);
            }
        });
        return client;
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StompException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** The version that was agreed on. */
    public Version version() {
        return connection.version();
    }

    /** The headers of the server's CONNECTED: {@code session}, {@code server} and others. */
    public Headers connectedHeaders() {
        return connection.welcome();
    }

    /**
     * Subscribes in {@link AckMode#AUTO}.
     *
     * @throws ConnectionEndedException if there is no connection any more
     */
    public ClientSubscription subscribe(String destination, MessageHandler handler) {
        return subscribe(destination, AckMode.AUTO, Headers.EMPTY, handler);
    }

    /**
     * Subscribes.
     *
     * @param headers what else SUBSCRIBE shall say: {@code selector}, {@code prefetch-count}
     * @throws ConnectionEndedException if there is no connection any more
     */
    public ClientSubscription subscribe(String destination, AckMode ack, Headers headers, MessageHandler handler) {
        ClientSubscription subscription = subscription(destination, ack, handler);
        connection.subscriptions().add(subscription);
        connection.send(subscribeFrame(subscription, headers));
        return subscription;
    }

    /** The same; done when the server has confirmed the subscription. */
    public CompletableFuture<ClientSubscription> subscribeWithReceipt(
            String destination, AckMode ack, Headers headers, MessageHandler handler) {
        ClientSubscription subscription = subscription(destination, ack, handler);
        connection.subscriptions().add(subscription);
        return connection.sendWithReceipt(subscribeFrame(subscription, headers)).thenApply(confirmed -> subscription);
    }

    private ClientSubscription subscription(String destination, AckMode ack, MessageHandler handler) {
        String id = Long.toString(subscriptionIds.incrementAndGet());
        return new ClientSubscription(id, destination, ack, handler, connection);
    }

    private static Frame subscribeFrame(ClientSubscription subscription, Headers headers) {
        return new Frame(
                Command.SUBSCRIBE,
                Headers.builder()
                        .add("id", subscription.id())
                        .add("destination", subscription.destination())
                        .add("ack", subscription.ackMode().text())
                        .addAll(headers)
                        .build());
    }

    /**
     * Sends a text, as {@code text/plain} in UTF-8. Waits if the server is slow; nothing tells whether it arrives.
     *
     * @throws ConnectionEndedException if there is no connection any more
     * @throws NoAnswerException if the server takes nothing for too long
     */
    public void send(String destination, String text) {
        send(destination, text, UTF_8);
    }

    /** The same in another encoding, which the {@code content-type} then names (C11-TYPE-1). */
    public void send(String destination, String text, Charset charset) {
        String type = charset.equals(UTF_8) ? "text/plain" : "text/plain;charset=" + charset.name();
        send(destination, Headers.of("content-type", type), text.getBytes(charset));
    }

    /**
     * Sends octets. They are not copied: leave them as they are.
     *
     * @param headers {@code content-type} and whatever the receiver shall see
     * @throws IllegalArgumentException if this version of STOMP cannot carry a header
     */
    public void send(String destination, Headers headers, byte[] body) {
        connection.send(Openings.send(destination, headers, body, options.contentLength()));
    }

    /** The same; done when the server confirms that it has the message. */
    public CompletableFuture<Void> sendWithReceipt(String destination, Headers headers, byte[] body) {
        return connection.sendWithReceipt(Openings.send(destination, headers, body, options.contentLength()));
    }

    /**
     * Sends a text and expects an answer: whoever gets it sends one to its {@code reply-to}, with its {@code correlation-id}.
     *
     * @return failed with {@link NoAnswerException} when the time is over
     */
    public CompletableFuture<ReceivedMessage> request(String destination, String text, Duration timeout) {
        return request(destination, Headers.of("content-type", "text/plain"), text.getBytes(UTF_8), timeout);
    }

    /** The same with octets. */
    public CompletableFuture<ReceivedMessage> request(
            String destination, Headers headers, byte[] body, Duration timeout) {
        return requests.send(destination, headers, body, options.contentLength(), timeout);
    }

    /**
     * Done when the connection is over and the last handler has returned; failed with {@link ConnectionEndedException} if it was not
     * closed by us.
     */
    public CompletableFuture<Void> ended() {
        return connection.ended().copy();
    }

    /**
     * Says goodbye behind all that was sent; done when it is over.
     *
     * @return true if the server confirmed it: then it has received everything
     */
    public CompletableFuture<Boolean> disconnect() {
        return connection.disconnect().copy();
    }

    /** Disconnects and waits for it, but not for handlers. Does nothing the second time. */
    @Override
    public void close() {
        @Nullable Boolean confirmed = connection
                .disconnect()
                .completeOnTimeout(false, options.closeTimeout().toMillis() + 1_000, TimeUnit.MILLISECONDS)
                .join();
        assert confirmed != null;
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    }
}
