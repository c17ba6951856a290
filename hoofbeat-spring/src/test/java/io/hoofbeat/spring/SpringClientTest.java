/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Type;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.messaging.converter.StringMessageConverter;
import org.springframework.messaging.simp.stomp.StompFrameHandler;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.socket.client.WebSocketClient;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;
import org.springframework.web.socket.sockjs.client.RestTemplateXhrTransport;
import org.springframework.web.socket.sockjs.client.SockJsClient;
import org.springframework.web.socket.sockjs.client.WebSocketTransport;

/** Spring's own client, by WebSocket and by what SockJS has for want of one. */
class SpringClientTest {
    private static final ThreadPoolTaskScheduler SCHEDULER = new ThreadPoolTaskScheduler();

    private static App app;

    @BeforeAll
    static void start() {
        app = App.of(Chat.Java.class).with("hoofbeat.queues=/queue/**").start();
        SCHEDULER.initialize();
    }

    @AfterAll
    static void stop() {
        app.close();
        SCHEDULER.shutdown();
    }

    /** A way to connect. */
    record Way(String path, WebSocketClient client) {
        @Override
        public String toString() {
            return path + " " + client.getClass().getSimpleName();
        }
    }

    @SuppressWarnings("removal") // as clients of today use it
    static Stream<Way> ways() {
        return Stream.of(
                new Way("ws://localhost:%d/ws", new StandardWebSocketClient()),
                new Way(
                        "http://localhost:%d/sockjs",
                        new SockJsClient(List.of(new WebSocketTransport(new StandardWebSocketClient())))),
                new Way(
                        "http://localhost:%d/sockjs",
                        new SockJsClient(List.of(new RestTemplateXhrTransport(new RestTemplate())))));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void receiptsAndAcknowledgementsArrive(Way way) throws Exception {
        WebSocketStompClient client = new WebSocketStompClient(way.client());
        client.setMessageConverter(new StringMessageConverter());
        client.setTaskScheduler(SCHEDULER);
        StompSession session = client.connectAsync(
                        way.path().formatted(URI.create(app.url()).getPort()), new StompSessionHandlerAdapter() {})
                .get(10, TimeUnit.SECONDS);
        session.setAutoReceipt(true);
        BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
        CountDownLatch receipts = new CountDownLatch(3);
        StompHeaders subscribe = new StompHeaders();
        String destination = "/queue/" + way.client().hashCode();
        subscribe.setDestination(destination);
        subscribe.setAck("client-individual");
        StompSession.Subscription subscription = session.subscribe(subscribe, new StompFrameHandler() {
            @Override
            public Type getPayloadType(StompHeaders headers) {
                return String.class;
            }

            @Override
            public void handleFrame(StompHeaders headers, @Nullable Object payload) {
                heard.add(new Heard(headers, String.valueOf(payload)));
            }
        });
        subscription.addReceiptTask(receipts::countDown);
        session.send(destination, "one").addReceiptTask(receipts::countDown);
        // Only this thread sends: Spring's client does not stand two at a time.
        session.acknowledge(message(heard, false), false);
        session.acknowledge(message(heard, true), true); // the first was not acknowledged
        session.send("/app/silent", "two").addReceiptTask(receipts::countDown);
        assertThat(receipts.await(10, TimeUnit.SECONDS)).isTrue();
        session.disconnect();
    }

    private record Heard(StompHeaders headers, String body) {}

    /** The id of the next message, which has to be that one. */
    private static String message(BlockingQueue<Heard> heard, boolean isRedelivered) throws InterruptedException {
        Heard message = Objects.requireNonNull(heard.poll(10, TimeUnit.SECONDS), "nothing came");
        assertThat(message.body()).isEqualTo("one");
        assertThat(message.headers().containsKey("redelivered")).isEqualTo(isRedelivered);
        return Objects.requireNonNull(message.headers().getMessageId());
    }
}
