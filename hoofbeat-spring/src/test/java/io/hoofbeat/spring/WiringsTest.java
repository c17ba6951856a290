/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.server.StompServer;
import io.hoofbeat.test.StompPeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportResource;
import org.springframework.context.event.EventListener;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.broker.AbstractBrokerMessageHandler;
import org.springframework.messaging.simp.broker.BrokerAvailabilityEvent;
import org.springframework.messaging.simp.broker.SimpleBrokerMessageHandler;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.simp.stomp.StompBrokerRelayMessageHandler;
import org.springframework.messaging.simp.user.SimpUserRegistry;
import org.springframework.util.AntPathMatcher;
import org.springframework.web.socket.config.WebSocketMessageBrokerStats;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.messaging.SessionConnectEvent;
import org.springframework.web.socket.messaging.SessionConnectedEvent;
import org.springframework.web.socket.messaging.SessionDisconnectEvent;
import org.springframework.web.socket.messaging.SessionSubscribeEvent;
import org.springframework.web.socket.messaging.SessionUnsubscribeEvent;

/** The four ways in which an application can be set up, and what else it may rely on. */
class WiringsTest {
    private static StompServer elsewhere;

    /** The four of them, with what is seen of each. */
    enum Wiring {
        JAVA_SIMPLE("Java, `enableSimpleBroker`", Chat.Java.class, SpringBroker.class),
        JAVA_RELAY("Java, `enableStompBrokerRelay`", JavaRelay.class, StompBrokerRelayMessageHandler.class),
        XML_SIMPLE("XML, `<websocket:simple-broker>`", XmlSimple.class, SpringBroker.class),
        XML_RELAY("XML, `<websocket:stomp-broker-relay>`", XmlRelay.class, StompBrokerRelayMessageHandler.class);

        static final String MESSAGES =
                "@SubscribeMapping: welcome, template: there, @SendTo: echo hello, SEND: client, RECEIPT";
        static final String END = "closed, no thread left";
        static final String STATISTICS = "1 current WS(1), CONNECT(1)-CONNECTED(1)";

        private final String text;
        private final Class<?> configuration;
        private final Class<?> broker;

        Wiring(String text, Class<?> configuration, Class<?> broker) {
            this.text = text;
            this.configuration = configuration;
            this.broker = broker;
        }

        boolean isOurs() {
            return broker == SpringBroker.class;
        }

        /** For the page. */
        static String table() {
            return Stream.of(values())
                    .map(each -> "| %s | %s | %s | %s | %s |\n"
                            .formatted(
                                    each.text,
                                    each.isOurs() ? "Hoofbeat" : "Spring's relay, as it was",
                                    MESSAGES,
                                    STATISTICS,
                                    END))
                    .collect(Collectors.joining(
                            "",
                            "| wiring | broker | what a client gets | statistics | at the end |\n|---|---|---|---|---|\n",
                            ""));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebSocketMessageBroker
    static class JavaRelay implements WebSocketMessageBrokerConfigurer {
        @Value("${relay.port}")
        private int port;

        @Override
        public void configureMessageBroker(MessageBrokerRegistry registry) {
            registry.enableStompBrokerRelay("/topic", "/queue")
                    .setRelayHost("localhost")
                    .setRelayPort(port);
            registry.setApplicationDestinationPrefixes("/app");
        }

        @Override
        public void registerStompEndpoints(StompEndpointRegistry registry) {
            registry.addEndpoint("/ws");
        }

        @Bean
        Chat.Controllers controllers() {
            return new Chat.Controllers();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportResource("classpath:simple-broker.xml")
    static class XmlSimple {}

    @Configuration(proxyBeanMethods = false)
    @ImportResource("${relay.xml}")
    static class XmlRelay {}

    /** Notes what happens. */
    @Configuration(proxyBeanMethods = false)
    static class Events {
        private final List<ApplicationEvent> all = new CopyOnWriteArrayList<>();

        @EventListener
        void any(ApplicationEvent event) {
            all.add(event);
        }

        List<String> names() {
            return all.stream()
                    .filter(event -> event.getClass().getPackageName().startsWith("org.springframework.web.socket")
                            || event instanceof BrokerAvailabilityEvent)
                    .map(event -> event.getClass().getSimpleName())
                    .toList();
        }
    }

    @BeforeAll
    static void start() {
        elsewhere = StompServer.builder()
                .broker(BrokerOptions.builder().build())
                .tcp(0)
                .start();
    }

    @AfterAll
    static void stop() {
        elsewhere.close();
    }

    /** The same configuration with a relay to another broker; an attribute for a port takes no placeholder. */
    private static Path relayXml() {
        try (InputStream xml = WiringsTest.class.getResourceAsStream("/simple-broker.xml")) {
            String relay = new String(xml.readAllBytes(), UTF_8)
                    .replace(
                            "<websocket:simple-broker prefix=\"/topic, /queue\"/>",
                            "<websocket:stomp-broker-relay prefix=\"/topic, /queue\" relay-host=\"localhost\" relay-port=\""
                                    + elsewhere.port("tcp") + "\"/>");
            return Files.writeString(Path.of("target/broker-relay.xml"), relay);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static App start(Wiring wiring, Class<?>... more) {
        App.Builder builder = App.of(wiring.configuration)
                .with("relay.port=" + elsewhere.port("tcp"))
                .with("relay.xml=file:" + relayXml())
                .with("logging.level.io.hoofbeat.spring=info");
        for (Class<?> each : more) {
            builder.and(each);
        }
        return builder.start();
    }

    @ParameterizedTest
    @EnumSource
    void applicationRunsAsItWasWritten(Wiring wiring) {
        App app = start(wiring, Events.class);
        long before = elsewhere.broker().inventory().publishedMessages();
        try (StompPeer peer = app.peer().connect()) {
            Events events = app.context().getBean(Events.class);
            Awaitility.await().until(() -> events.names().contains("BrokerAvailabilityEvent"));
            peer.open("1.2");
            assertThat(messages(app, peer)).isEqualTo(Wiring.MESSAGES);
            long relayed = elsewhere.broker().inventory().publishedMessages() - before;
            assertThat(relayed > 0).isEqualTo(!wiring.isOurs());
            assertThat(statistics(app)).isEqualTo(Wiring.STATISTICS);
            assertThat(app.context()
                            .getBeansOfType(AbstractBrokerMessageHandler.class)
                            .values())
                    .hasAtLeastOneElementOfType(wiring.broker)
                    .doesNotHaveAnyElementsOfTypes(SimpleBrokerMessageHandler.class);
            assertThat(app.context().getBeansOfType(SpringBroker.class).isEmpty())
                    .isEqualTo(!wiring.isOurs());
            assertThat(end(wiring, app, peer)).isEqualTo(Wiring.END);
        } finally {
            app.close();
        }
    }

    /** What came back, by each way that a message can take. */
    private static String messages(App app, StompPeer peer) {
        List<String> came = new ArrayList<>();
        peer.send("SUBSCRIBE⏎id:1⏎destination:/topic/echo⏎⏎␀");
        peer.send("SUBSCRIBE⏎id:2⏎destination:/app/welcome⏎⏎␀");
        came.add(
                "@SubscribeMapping: " + peer.expect("MESSAGE", "subscription:2").text());
        SimpMessagingTemplate template = app.context().getBean(SimpMessagingTemplate.class);
        Awaitility.await().until(() -> {
            template.convertAndSend("/topic/echo", "there");
            return peer.poll(200) != null;
        });
        came.add("template: there");
        peer.send("SEND⏎destination:/app/echo⏎⏎hello␀");
        came.add("@SendTo: "
                + peer.take(frame -> frame.text().equals("echo hello"), "the echo")
                        .text());
        peer.send("SEND⏎destination:/topic/echo⏎receipt:r⏎⏎client␀");
        came.add("SEND: "
                + peer.take(frame -> frame.text().equals("client"), "the client's")
                        .text());
        came.add(peer.take(frame -> "r".equals(frame.header("receipt-id")), "the RECEIPT")
                .command());
        return String.join(", ", came);
    }

    private static String statistics(App app) {
        WebSocketMessageBrokerStats statistics = app.context().getBean(WebSocketMessageBrokerStats.class);
        assertThat(statistics.getClientInboundExecutorStatsInfo()).contains("pool size");
        assertThat(statistics.getClientOutboundExecutorStatsInfo()).contains("pool size");
        String text = statistics.toString();
        return Stream.of("1 current WS(1)", "CONNECT(1)-CONNECTED(1)")
                .filter(text::contains)
                .collect(Collectors.joining(", "));
    }

    /** The client reads meanwhile. What a relay says to clients at its end, now this and now that, is its own affair. */
    private static String end(Wiring wiring, App app, StompPeer peer) {
        CompletableFuture<Void> closing = CompletableFuture.runAsync(app::close);
        boolean isClosed = peer.readUntilEnd(Duration.ofSeconds(10));
        closing.join();
        Awaitility.await()
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("hoofbeat-spring")));
        assertThat(wiring.isOurs() ? peer.pending() : List.of()).isEmpty();
        return (isClosed ? "closed" : "open") + ", no thread left";
    }

    @ParameterizedTest
    @EnumSource(names = {"JAVA_RELAY", "XML_RELAY"})
    void relayIsLeftAloneAndTheLogSaysSo(Wiring wiring) {
        PrintStream console = System.out;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setOut(new PrintStream(log, true, UTF_8));
        try (App app = start(wiring)) {
            assertThat(app.context().getBeansOfType(SpringBroker.class)).isEmpty();
        } finally {
            System.setOut(console);
        }
        assertThat(log.toString(UTF_8))
                .contains("the configured STOMP broker relay stays as it is")
                .doesNotContain("Hoofbeat is the broker");
    }

    @Test
    void eventsAndRegistryAreAsBefore() {
        try (App app = App.of(Chat.Java.class, Events.class).start()) {
            Events events = app.context().getBean(Events.class);
            SimpUserRegistry users = app.context().getBean(SimpUserRegistry.class);
            try (StompPeer ada = StompPeer.connect(app.url("/ws?ada"))) {
                assertThat(ada.open("1.2").value("user-name")).isEqualTo("ada");
                ada.subscribe("/user/queue/mail");
                assertThat(users.getUser("ada")).isNotNull();
                Awaitility.await()
                        .until(() -> users.findSubscriptions(subscription ->
                                                subscription.getDestination().equals("/user/queue/mail"))
                                        .size()
                                == 1);
                ada.send("UNSUBSCRIBE⏎id:s1⏎receipt:u⏎⏎␀");
                ada.expect("RECEIPT");
                ada.send("DISCONNECT⏎⏎␀");
                ada.expectClosed();
            }
            Awaitility.await().until(() -> users.getUserCount() == 0);
            assertThat(events.names())
                    .containsSubsequence(
                            BrokerAvailabilityEvent.class.getSimpleName(),
                            SessionConnectEvent.class.getSimpleName(),
                            SessionConnectedEvent.class.getSimpleName(),
                            SessionSubscribeEvent.class.getSimpleName(),
                            SessionUnsubscribeEvent.class.getSimpleName(),
                            SessionDisconnectEvent.class.getSimpleName());
            SessionConnectedEvent connected = events.all.stream()
                    .filter(SessionConnectedEvent.class::isInstance)
                    .map(SessionConnectedEvent.class::cast)
                    .findFirst()
                    .orElseThrow();
            assertThat(connected.getMessage().getHeaders()).containsKey("simpConnectMessage");
            assertThat(events.all).hasAtLeastOneElementOfType(ApplicationReadyEvent.class);
        }
    }

    /** Destinations with dots, as for RabbitMQ. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSocketMessageBroker
    static class Dotted implements WebSocketMessageBrokerConfigurer {
        @Override
        public void configureMessageBroker(MessageBrokerRegistry registry) {
            registry.setPathMatcher(new AntPathMatcher("."));
            registry.enableSimpleBroker("/topic", "/queue");
        }

        @Override
        public void registerStompEndpoints(StompEndpointRegistry registry) {
            registry.addEndpoint("/ws");
        }
    }

    @Test
    void patternsAreThoseOfTheConfiguredMatcher() {
        try (App slashes = App.of(Chat.Java.class).start();
                App dots = App.of(Dotted.class).start()) {
            assertThat(heard(slashes, "/topic/price.stock.*", "/topic/price.stock.NASDAQ.EMC"))
                    .isTrue();
            assertThat(heard(slashes, "/topic/**", "/topic/a/b/c")).isTrue();
            assertThat(heard(slashes, "/topic/*", "/topic/a/b")).isFalse();
            assertThat(heard(slashes, "/topic/a?c", "/topic/abc")).isTrue();
            assertThat(heard(dots, "/topic/price.*.EMC", "/topic/price.NASDAQ.EMC"))
                    .isTrue();
            assertThat(heard(dots, "/topic/price.*", "/topic/price.NASDAQ.EMC")).isFalse();
            assertThat(heard(dots, "/topic/**", "/topic/price.NASDAQ")).isFalse();
        }
    }

    private static boolean heard(App app, String pattern, String destination) {
        try (StompPeer peer = StompPeer.connect(app.url())) {
            peer.open("1.2");
            peer.subscribe(pattern);
            peer.send("SEND⏎destination:" + destination + "⏎receipt:r⏎⏎␀");
            boolean message = peer.next().command().equals("MESSAGE");
            if (message) {
                peer.expect("RECEIPT");
            } else {
                peer.expectNothing();
            }
            return message;
        }
    }

    @Test
    void patternThatWouldTakeLongIsRefused() {
        try (App app = App.of(Chat.Java.class).start();
                StompPeer peer = app.connected("1.2")) {
            peer.send("SUBSCRIBE⏎id:1⏎destination:/topic/*a*a*a*a*b⏎receipt:r⏎⏎␀");
            assertThat(peer.expectError("receipt-id:r").value("message")).contains("wildcards");
        }
        try (App app = App.of(Chat.Java.class).start();
                StompPeer peer = app.connected("1.1")) {
            peer.send("SUBSCRIBE⏎id:1⏎destination:/topic/{x\\c(a+)+}⏎receipt:r⏎⏎␀");
            assertThat(peer.expectError("receipt-id:r").value("message")).contains("regular expressions");
        }
    }
}
