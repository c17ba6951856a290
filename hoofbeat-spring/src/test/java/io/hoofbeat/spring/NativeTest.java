/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.annotation.SendToUser;
import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.config.WebSocketMessageBrokerStats;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.messaging.AbstractSubProtocolEvent;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.socket.server.support.HttpSessionHandshakeInterceptor;

/** Endpoints of the application that we serve ourselves: what the application sees is as it is behind a web server. */
class NativeTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static App app;

    /** An application whose handshakes say much. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSocketMessageBroker
    static class Talkative implements WebSocketMessageBrokerConfigurer {
        @Override
        public void configureMessageBroker(MessageBrokerRegistry registry) {
            registry.enableSimpleBroker("/topic", "/queue");
            registry.setApplicationDestinationPrefixes("/app");
        }

        @Override
        public void registerStompEndpoints(StompEndpointRegistry registry) {
            registry.addEndpoint("/ws")
                    .addInterceptors(new HttpSessionHandshakeInterceptor(), new Doorkeeper())
                    .setAllowedOrigins("https://friend.example");
            registry.addEndpoint("/sockjs")
                    .addInterceptors(new Doorkeeper())
                    .setAllowedOrigins("https://friend.example")
                    .withSockJS()
                    .setSessionCookieNeeded(true)
                    .setStreamBytesLimit(64 * 1024);
            registry.addEndpoint("/own").setAllowedOriginPatterns();
        }

        @Bean
        Desk desk() {
            return new Desk();
        }

        @Bean
        Pages pages() {
            return new Pages();
        }
    }

    /** Lets in who does not say otherwise, and remembers where he comes from. */
    static final class Doorkeeper implements HandshakeInterceptor {
        @Override
        public boolean beforeHandshake(
                ServerHttpRequest request,
                ServerHttpResponse response,
                WebSocketHandler handler,
                Map<String, Object> attributes) {
            String query = String.valueOf(request.getURI().getQuery());
            if (query.contains("refuse")) {
                response.setStatusCode(HttpStatus.PAYMENT_REQUIRED);
                return false;
            }
            if (query.contains("break")) {
                throw new IllegalStateException("secret");
            }
            attributes.put("from", String.valueOf(request.getRemoteAddress()).replaceFirst(":\\d+$", ""));
            attributes.put("agent", String.valueOf(request.getHeaders().getFirst("X-Agent")));
            attributes.put(
                    "secrets",
                    String.valueOf(request.getHeaders().headerNames().stream()
                            .filter(name ->
                                    name.toLowerCase(java.util.Locale.ROOT).startsWith("hoofbeat"))
                            .toList()));
            response.getHeaders().add("Set-Cookie", "seen=yes");
            return true;
        }

        @Override
        public void afterHandshake(
                ServerHttpRequest request,
                ServerHttpResponse response,
                WebSocketHandler handler,
                @Nullable Exception failure) {}
    }

    @Controller
    static class Desk {
        @MessageMapping("/attributes")
        @SendToUser("/queue/attributes")
        String attributes(SimpMessageHeaderAccessor headers) {
            return new java.util.TreeMap<>(headers.getSessionAttributes()).toString();
        }
    }

    @RestController
    static class Pages {
        @GetMapping("/visit")
        String visit(jakarta.servlet.http.HttpSession session) {
            session.setAttribute("basket", "apples");
            return session.getId();
        }
    }

    @BeforeAll
    static void start() {
        app = App.of(Talkative.class).with("hoofbeat.endpoints=native").start();
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    private static StompPeer.Builder at(String path) {
        return StompPeer.to(app.url(path)).scratch("/topic/scratch");
    }

    private static String attributes(StompPeer peer) {
        peer.open("1.2");
        peer.subscribe("/user/queue/attributes");
        peer.send("SEND⏎destination:/app/attributes⏎⏎␀");
        PeerFrame answer = peer.expect("MESSAGE");
        assertThat(answer.value("destination")).isEqualTo("/user/queue/attributes");
        return answer.text();
    }

    // ---- handshakes

    @Test
    void sessionHasWhatInterceptorsFoundInTheRequest() {
        try (StompPeer peer = at("/ws?x").httpHeader("X-Agent", "007").connect()) {
            assertThat(attributes(peer))
                    .contains("agent=007")
                    .contains("from=/127.0.0.1")
                    .contains("secrets=[]");
        }
    }

    @Test
    void sessionHasTheAttributesOfTheHttpSession() throws Exception {
        HttpResponse<String> visit = HTTP.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + app.port() + "/visit"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        Matcher cookie = Pattern.compile("JSESSIONID=[^;]+")
                .matcher(visit.headers().allValues("set-cookie").get(0));
        assertThat(cookie.find()).isTrue();
        try (StompPeer peer = at("/ws").httpHeader("Cookie", cookie.group()).connect()) {
            assertThat(attributes(peer)).contains("basket=apples").contains("HTTP.SESSION.ID=" + visit.body());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws", "/sockjs/websocket", "/sockjs"})
    void whoIsRefusedGetsTheStatusThatTheInterceptorSaid(String path) {
        assertThat(statusOf(path + "?refuse", null)).isEqualTo(402);
        assertThat(statusOf(path + "?break", null)).isEqualTo(500);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws", "/sockjs/websocket", "/sockjs", "/sockjs/000/abcd1234/websocket"})
    void pagesOfOtherOriginsAreRefused(String path) {
        assertThat(statusOf(path, "https://evil.example")).isEqualTo(403);
        assertThat(statusOf(path, "https://friend.example")).isEqualTo(101);
    }

    @Test
    void pagesOfTheWebServerAreOfTheSameOrigin() {
        assertThat(statusOf("/own", "http://localhost:" + app.port())).isEqualTo(101);
        assertThat(statusOf("/own", "http://localhost:1")).isEqualTo(403);
    }

    @Test
    void requestsOfSockJsAreHandshakesToo() throws Exception {
        assertThat(post("/sockjs/000/s1/xhr?refuse", null).statusCode()).isEqualTo(402);
        assertThat(post("/sockjs/000/s2/xhr", "https://evil.example").statusCode())
                .isEqualTo(403);
        HttpResponse<String> opened = post("/sockjs/000/s3/xhr", "https://friend.example");
        assertThat(opened.body()).isEqualTo("o\n");
        assertThat(opened.headers().allValues("set-cookie")).containsExactly("seen=yes");
    }

    @Test
    void nobodyElseCanPretendToBeAHandshakeOfOurs() throws Exception {
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + app.port() + "/ws"))
                        .header("Hoofbeat-Secret", "guess")
                        .header("Hoofbeat-Remote", "10.0.0.1 1")
                        .header("Hoofbeat-Ticket", "x")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(400); // a request for WebSocket that is none
    }

    @Test
    void whatIsNoEndpointIsNotServed() {
        assertThat(statusOf("/stomp", null)).isEqualTo(404);
        assertThat(statusOf("/visit", null)).isEqualTo(404);
    }

    private static HttpResponse<String> post(String path, @Nullable String origin) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(app.url(path).replaceFirst("ws:", "http:")))
                .POST(HttpRequest.BodyPublishers.noBody());
        if (origin != null) {
            request.header("Origin", origin);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static int statusOf(String path, @Nullable String origin) {
        WebSocket.Builder builder = HTTP.newWebSocketBuilder();
        if (origin != null) {
            builder.header("Origin", origin);
        }
        try {
            builder.buildAsync(URI.create(app.url(path)), new WebSocket.Listener() {})
                    .join()
                    .abort();
            return 101;
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOf(WebSocketHandshakeException.class);
            return Objects.requireNonNull((WebSocketHandshakeException) e.getCause())
                    .getResponse()
                    .statusCode();
        }
    }

    // ---- what the application sees

    /** Records what passes. */
    static final class Recorder {
        private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

        List<String> seen() {
            return List.copyOf(seen);
        }

        @EventListener
        void on(AbstractSubProtocolEvent event) {
            StompHeaderAccessor accessor = StompHeaderAccessor.wrap(event.getMessage());
            seen.add(event.getClass().getSimpleName() + " " + accessor.getMessageType() + " "
                    + accessor.getDestination() + " user "
                    + (event.getUser() == null ? null : event.getUser().getName())
                    + " attributes " + (accessor.getSessionAttributes() == null ? null : "there"));
        }

        ChannelInterceptor interceptor(String channel) {
            return new ChannelInterceptor() {
                @Override
                public Message<?> preSend(Message<?> message, MessageChannel to) {
                    StompHeaderAccessor accessor = StompHeaderAccessor.wrap(message);
                    if (accessor.getCommand() != null) {
                        Map<String, List<String>> headers = new java.util.TreeMap<>(accessor.toNativeHeaderMap());
                        headers.keySet().removeAll(List.of("session", "server", "message-id", "ack", "host"));
                        String line = channel + " " + accessor.getCommand() + " " + headers + " "
                                + new String((byte[]) message.getPayload(), java.nio.charset.StandardCharsets.UTF_8);
                        seen.add(line.replace(String.valueOf(accessor.getSessionId()), "SESSION")
                                .replaceAll("=\\[peer-\\d+]", "=[peer]"));
                    }
                    return message;
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Events {
        @Bean
        Recorder recorder() {
            return new Recorder();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Curious {
        @Bean
        WebSocketMessageBrokerConfigurer curious(Recorder recorder) {
            return new WebSocketMessageBrokerConfigurer() {
                @Override
                public void configureClientInboundChannel(ChannelRegistration registration) {
                    registration.interceptors(recorder.interceptor("in"));
                }

                @Override
                public void configureClientOutboundChannel(ChannelRegistration registration) {
                    registration.interceptors(recorder.interceptor("out"));
                }
            };
        }
    }

    private static void converse(App where) {
        try (StompPeer ada =
                StompPeer.to(where.url("/ws?ada")).scratch("/topic/scratch").connect()) {
            ada.open("1.2");
            ada.subscribe("/topic/a");
            ada.subscribeAs("mine", "/user/queue/mine");
            ada.send("SUBSCRIBE⏎id:w⏎destination:/app/welcome⏎⏎␀");
            ada.expect("MESSAGE", "subscription:w");
            ada.send("SEND⏎destination:/topic/a⏎receipt:1⏎colour:red⏎⏎one␀");
            ada.take(frame -> frame.text().equals("one"), "its own message");
            ada.expect("RECEIPT", "receipt-id:1");
            ada.send("SEND⏎destination:/app/mine⏎⏎two␀");
            PeerFrame mine = ada.expect("MESSAGE");
            assertThat(mine.value("destination")).isEqualTo("/user/queue/mine");
            where.context().getBean(SimpMessagingTemplate.class).convertAndSendToUser("ada", "/queue/mine", "three");
            assertThat(ada.expect("MESSAGE").text()).isEqualTo("three");
            ada.send("UNSUBSCRIBE⏎id:mine⏎receipt:2⏎⏎␀");
            ada.expect("RECEIPT", "receipt-id:2");
            ada.send("DISCONNECT⏎receipt:3⏎⏎␀");
            ada.expect("RECEIPT", "receipt-id:3");
            ada.expectClosed();
            assertThat(ada.closeCode()).isEqualTo(1000);
        }
    }

    private static List<String> seen(boolean isNative, Class<?>... more) {
        App.Builder builder = App.of(Chat.Java.class, Events.class);
        List.of(more).forEach(builder::and);
        if (isNative) {
            builder.with("hoofbeat.endpoints=0");
        }
        try (App own = builder.start()) {
            converse(own);
            Recorder recorder = own.context().getBean(Recorder.class);
            Awaitility.await()
                    .until(() -> recorder.seen().stream().anyMatch(line -> line.startsWith("SessionDisconnectEvent")));
            return recorder.seen();
        }
    }

    @Test
    void eventsAreThoseOfAWebServer() {
        List<String> behindTomcat = seen(false);
        assertThat(behindTomcat).hasSize(7);
        assertThat(seen(true)).containsExactlyElementsOf(behindTomcat);
    }

    @Test
    void interceptorsSeeWhatTheySeeBehindAWebServer() {
        List<String> behindTomcat = seen(false, Curious.class);
        assertThat(behindTomcat).hasSize(25);
        List<String> here = seen(true, Curious.class);
        for (String channel : List.of("in ", "out ", "Session")) {
            assertThat(of(channel, here)).containsExactlyElementsOf(of(channel, behindTomcat));
        }
    }

    private static List<String> of(String channel, List<String> seen) {
        return seen.stream().filter(line -> line.startsWith(channel)).toList();
    }

    @Test
    void whatNobodyWantsToSeeStaysOnTheEventLoop() {
        WebSocketMessageBrokerStats statistics = app.context().getBean(WebSocketMessageBrokerStats.class);
        try (StompPeer peer = at("/ws").connect()) {
            peer.open("1.2");
            peer.subscribe("/topic/much");
            String before =
                    statistics.getClientInboundExecutorStatsInfo() + statistics.getClientOutboundExecutorStatsInfo();
            List<Integer> numbers = IntStream.range(0, 1_000).boxed().toList();
            numbers.forEach(number -> peer.send("SEND⏎destination:/topic/much⏎⏎" + number + "␀"));
            assertThat(numbers.stream()
                            .map(number ->
                                    Integer.valueOf(peer.expect("MESSAGE").text()))
                            .toList())
                    .isEqualTo(numbers);
            assertThat(statistics.getClientInboundExecutorStatsInfo() + statistics.getClientOutboundExecutorStatsInfo())
                    .isEqualTo(before);
        }
    }

    @Test
    void orderIsKeptBetweenWhatTheApplicationSeesAndWhatItDoesNot() {
        try (StompPeer peer = at("/ws").connect()) {
            peer.open("1.2");
            StringBuilder frames = new StringBuilder();
            for (int i = 0; i < 300; i++) {
                frames.append("SUBSCRIBE⏎id:s")
                        .append(i)
                        .append("⏎destination:/topic/o")
                        .append(i)
                        .append("⏎⏎␀");
                frames.append("SEND⏎destination:/topic/o")
                        .append(i)
                        .append("⏎⏎")
                        .append(i)
                        .append("␀");
            }
            peer.send(frames.toString());
            for (int i = 0; i < 300; i++) {
                assertThat(peer.expect("MESSAGE").text()).isEqualTo(String.valueOf(i));
            }
        }
    }

    @Test
    void nobodyCanSpeakInTheNameOfAnother() {
        try (StompPeer eve = at("/ws").connect();
                StompPeer ada = at("/ws").connect()) {
            ada.open("1.2");
            ada.subscribe("/topic/open");
            eve.send("CONNECT⏎accept-version:1.2⏎host:localhost⏎login:root⏎passcode:x⏎⏎␀");
            assertThat(eve.expect("CONNECTED").has("user-name")).isFalse();
            eve.send("SEND⏎destination:/topic/open⏎simpOrigDestination:/user/queue/bank⏎⏎x␀");
            PeerFrame message = ada.expect("MESSAGE");
            assertThat(message.value("destination")).isEqualTo("/topic/open");
            assertThat(message.has("simpOrigDestination")).isFalse();
        }
    }

    @Test
    void tomcatsEndpointIsThereAsWell() {
        try (StompPeer here = at("/ws").connect();
                StompPeer there = StompPeer.to("ws://localhost:" + app.port() + "/ws")
                        .scratch("/topic/scratch")
                        .connect()) {
            here.open("1.2");
            there.open("1.2");
            here.subscribe("/topic/both");
            there.subscribe("/topic/both");
            here.send("SEND⏎destination:/topic/both⏎⏎x␀");
            assertThat(here.expect("MESSAGE").text()).isEqualTo("x");
            assertThat(there.expect("MESSAGE").text()).isEqualTo("x");
        }
    }

    @ParameterizedTest
    @CsvSource({"none, 127.0.0.1", "native, 203.0.113.7", "framework, 203.0.113.7"})
    void proxyIsBelievedAsTheWebServerBelievesIt(String strategy, String expected) {
        try (App own = App.of(Talkative.class)
                        .with("hoofbeat.endpoints=0")
                        .with("server.forward-headers-strategy=" + strategy)
                        .start();
                StompPeer peer = StompPeer.to(own.url("/ws"))
                        .scratch("/topic/scratch")
                        .httpHeader("X-Forwarded-For", "203.0.113.7")
                        .connect()) {
            assertThat(attributes(peer)).contains("from=/" + expected);
        }
    }

    @Test
    void listenerHasTheCertificateOfTheWebServer(@TempDir Path folder) throws Exception {
        Path store = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "web",
                        "-dname",
                        "CN=localhost",
                        "-keyalg",
                        "EC",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        try (App own = App.of(Chat.Java.class)
                .with("hoofbeat.endpoints=0")
                .with("server.ssl.key-store=" + store)
                .with("server.ssl.key-store-password=changeit")
                .start()) {
            CompletableFuture<String> answer = new CompletableFuture<>();
            WebSocket socket = HttpClient.newBuilder()
                    .sslContext(trusting)
                    .build()
                    .newWebSocketBuilder()
                    .buildAsync(URI.create(own.url("/ws").replaceFirst("ws:", "wss:")), new WebSocket.Listener() {
                        @Override
                        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
                            answer.complete(text.toString());
                            return null;
                        }
                    })
                    .get(10, TimeUnit.SECONDS);
            socket.sendText("CONNECT\naccept-version:1.2\nhost:localhost\n\n\0", true);
            assertThat(answer.get(10, TimeUnit.SECONDS)).startsWith("CONNECTED");
            socket.abort();
        }
    }

    @Test
    void contextPathAndServletPathComeBeforeThePath() {
        try (App own = App.of(Chat.Java.class)
                        .with("hoofbeat.endpoints=0")
                        .with("server.servlet.context-path=/shop")
                        .with("spring.mvc.servlet.path=/api")
                        .start();
                StompPeer peer = StompPeer.to(own.url("/shop/api/ws"))
                        .scratch("/topic/scratch")
                        .connect()) {
            peer.open("1.2");
            peer.sync();
        }
    }

    @Test
    void wrongPropertyIsNamed() {
        assertThatThrownBy(() ->
                        App.of(Chat.Java.class).with("hoofbeat.endpoints=fast").start())
                .rootCause()
                .hasMessageContaining("hoofbeat.endpoints")
                .hasMessageContaining("fast")
                .hasMessageContaining("servlet, native, or a port");
    }
}
