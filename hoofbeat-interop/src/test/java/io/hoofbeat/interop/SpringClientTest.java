/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.broker.BrokerListener;
import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.broker.Session;
import io.hoofbeat.server.StompServer;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.messaging.converter.StringMessageConverter;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompFrameHandler;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;
import org.springframework.web.socket.sockjs.client.RestTemplateXhrTransport;
import org.springframework.web.socket.sockjs.client.SockJsClient;
import org.springframework.web.socket.sockjs.client.Transport;
import org.springframework.web.socket.sockjs.client.WebSocketTransport;

/** Spring's STOMP client over its SockJS client, one transport at a time (section 8 of the SockJS checklist). */
@Tag("SJ-SPR-1")
@Tag("SJ-SPR-2")
@Tag("SJ-SPR-3")
@Tag("SJ-SPR-4")
@Tag("SJ-SPR-5")
@Tag("SJ-SPR-6")
class SpringClientTest {
    private static final int MESSAGES = 1_000;

    private final Set<String> subscribed = ConcurrentHashMap.newKeySet();

    private StompServer server;
    private ThreadPoolTaskScheduler scheduler;
    private @Nullable WebSocketStompClient client; // null until a test has chosen a transport

    record Over(String name, Transport transport) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Over> transports() {
        return Stream.of(
                new Over("websocket", new WebSocketTransport(new StandardWebSocketClient())),
                new Over("xhr_streaming", new RestTemplateXhrTransport()),
                new Over("xhr", polling()));
    }

    private static Transport polling() {
        RestTemplateXhrTransport transport = new RestTemplateXhrTransport();
        transport.setXhrStreamingDisabled(true);
        return transport;
    }

    @BeforeEach
    void start() {
        server = StompServer.builder()
                .broker(BrokerOptions.builder().listener(new Subscribed()).build())
                .webSocket(0, "/stomp")
                .start();
        scheduler = new ThreadPoolTaskScheduler();
        scheduler.setPoolSize(2);
        scheduler.initialize();
    }

    @AfterEach
    void stop() {
        if (client != null) {
            client.stop();
        }
        scheduler.shutdown();
        server.close();
    }

    private static final class Handler extends StompSessionHandlerAdapter {
        final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        final CompletableFuture<Throwable> lost = new CompletableFuture<>();

        @Override
        public void handleException(
                StompSession session,
                @Nullable StompCommand command,
                StompHeaders headers,
                byte[] payload,
                Throwable e) {
            failures.add(e);
        }

        @Override
        public void handleTransportError(StompSession session, Throwable e) {
            lost.complete(e);
        }
    }

    private StompSession connect(Over over, Handler handler) throws Exception {
        WebSocketStompClient made = new WebSocketStompClient(new SockJsClient(List.of(over.transport)));
        made.setMessageConverter(new StringMessageConverter());
        made.setTaskScheduler(scheduler);
        made.setInboundMessageSizeLimit(1 << 20);
        client = made;
        return made.connectAsync("http://127.0.0.1:" + server.port("ws") + "/stomp", handler)
                .get(20, TimeUnit.SECONDS);
    }

    private static Queue<String> subscribe(StompSession session, String destination) {
        Queue<String> bodies = new ConcurrentLinkedQueue<>();
        StompSession.Subscription subscription = session.subscribe(destination, new StompFrameHandler() {
            @Override
            public Type getPayloadType(StompHeaders headers) {
                return String.class;
            }

            @Override
            public void handleFrame(StompHeaders headers, @Nullable Object payload) {
                bodies.add(String.valueOf(payload));
            }
        });
        assertThat(subscription.getSubscriptionId()).isNotNull();
        return bodies;
    }

    /** Spring's subscribe() waits for nothing, and it gives no receipts for it. */
    private final class Subscribed extends BrokerListener {
        @Override
        public void subscribed(Session session, String destination) {
            subscribed.add(destination);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void messagesGoBothWaysInOrder(Over over) throws Exception {
        Handler handler = new Handler();
        StompSession session = connect(over, handler);
        session.setAutoReceipt(true);
        Queue<String> down = subscribe(session, "/topic/down");
        Queue<String> up = new ConcurrentLinkedQueue<>();
        server.broker().handle("/app/up", exchange -> up.add(exchange.text()));
        await().until(() -> subscribed.contains("/topic/down"));
        List<String> all =
                IntStream.range(0, MESSAGES).mapToObj(i -> "é😀 " + i).toList();
        // 128 KiB, behind which a streaming response ends, are crossed several times.
        all.forEach(body -> server.broker().publish("/topic/down", body + "x".repeat(1_000)));
        all.forEach(body -> session.send("/app/up", body));
        await().atMost(Duration.ofSeconds(60)).until(() -> up.size() == MESSAGES && down.size() == MESSAGES);
        assertThat(up).containsExactlyElementsOf(all);
        assertThat(down)
                .containsExactlyElementsOf(
                        all.stream().map(body -> body + "x".repeat(1_000)).toList());
        assertThat(handler.failures).isEmpty();
        session.disconnect();
        await().until(() -> server.broker().sessionCount() == 0);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aReceiptIsToldToWhoAsked(Over over) throws Exception {
        Handler handler = new Handler();
        StompSession session = connect(over, handler);
        session.setAutoReceipt(true);
        CompletableFuture<StompHeaders> receipt = new CompletableFuture<>();
        session.send("/queue/a", "x").addReceiptTask(receipt::complete);
        assertThat(receipt.get(20, TimeUnit.SECONDS)).isNotNull();
        session.disconnect();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void theServersEndIsTold(Over over) throws Exception {
        Handler handler = new Handler();
        StompSession session = connect(over, handler);
        server.close();
        assertThat(handler.lost.get(30, TimeUnit.SECONDS)).isNotNull();
        await().until(() -> !session.isConnected());
    }
}
