/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.messaging.support.MessageHeaderAccessor;
import org.springframework.messaging.support.NativeMessageHeaderAccessor;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/** What an interceptor sees of a message for a client, and makes of it, is what the client gets, though as a rule nothing of it is made. */
class OutboundInterceptorsTest {
    private static App app;

    /** Does with a message what its body says. */
    @Configuration(proxyBeanMethods = false)
    static class Doing {
        final BlockingQueue<Map<String, List<String>>> seen = new LinkedBlockingQueue<>();

        @Bean
        WebSocketMessageBrokerConfigurer doing() {
            return new WebSocketMessageBrokerConfigurer() {
                @Override
                public void configureClientOutboundChannel(ChannelRegistration registration) {
                    registration.interceptors(new ChannelInterceptor() {
                        @Override
                        public @Nullable Message<?> preSend(Message<?> message, MessageChannel channel) {
                            return StompHeaderAccessor.getCommand(message.getHeaders()) == StompCommand.MESSAGE
                                            && message.getPayload() instanceof byte[] body
                                    ? done(new String(body, UTF_8), message)
                                    : message;
                        }
                    });
                }
            };
        }

        private @Nullable Message<?> done(String what, Message<?> message) {
            StompHeaderAccessor own =
                    Objects.requireNonNull(MessageHeaderAccessor.getAccessor(message, StompHeaderAccessor.class));
            StompHeaderAccessor copy = StompHeaderAccessor.create(StompCommand.MESSAGE);
            switch (what) {
                case "look" -> seen.add(own.toNativeHeaderMap());
                case "add" -> own.addNativeHeader("added", "by:us");
                case "set" -> own.setNativeHeader("colour", "blue");
                case "remove" -> own.removeNativeHeader("colour");
                case "put" -> natives(message).put("colour", List.of("green"));
                case "copy" -> {
                    copy.copyHeaders(message.getHeaders());
                    copy.setNativeHeader("colour", "grey");
                    return MessageBuilder.createMessage(message.getPayload(), copy.getMessageHeaders());
                }
                case "wrap" -> {
                    StompHeaderAccessor wrapped = StompHeaderAccessor.wrap(message);
                    wrapped.removeNativeHeader("colour");
                    return MessageBuilder.createMessage(message.getPayload(), wrapped.getMessageHeaders());
                }
                case "body" -> {
                    return MessageBuilder.createMessage("another".getBytes(UTF_8), message.getHeaders());
                }
                case "error" -> {
                    copy = StompHeaderAccessor.create(StompCommand.ERROR);
                    copy.setSessionId(own.getSessionId());
                    copy.setMessage("no more");
                    return MessageBuilder.createMessage(new byte[0], copy.getMessageHeaders());
                }
                case "none" -> {
                    return null;
                }
                default -> {}
            }
            return message;
        }

        @SuppressWarnings("unchecked") // it is documented to be that
        private static Map<String, List<String>> natives(Message<?> message) {
            return (Map<String, List<String>>)
                    Objects.requireNonNull(message.getHeaders().get(NativeMessageHeaderAccessor.NATIVE_HEADERS));
        }
    }

    @BeforeAll
    static void start() {
        app = App.of(Chat.Java.class, Doing.class).start();
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    private static PeerFrame delivered(StompPeer peer, String body) {
        peer.send("SEND⏎destination:/topic/done⏎colour:red⏎quoted:a\\cb⏎⏎" + body + "␀");
        return peer.expect("MESSAGE");
    }

    private static StompPeer subscribed(String version) {
        StompPeer peer = app.connected(version);
        peer.subscribeAs("1", "/topic/done");
        return peer;
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1.1", "1.2"})
    void theyChangeHeadersAndBodies(String version) {
        try (StompPeer peer = subscribed(version)) {
            assertThat(delivered(peer, "nothing").value("colour")).isEqualTo("red");
            PeerFrame added = delivered(peer, "add");
            assertThat(added.value("colour")).isEqualTo("red");
            assertThat(added.value("added")).isEqualTo(version.equals("1.0") ? "by:us" : "by\\cus");
            assertThat(delivered(peer, "set").value("colour")).isEqualTo("blue");
            assertThat(delivered(peer, "remove").has("colour")).isFalse();
            assertThat(delivered(peer, "put").value("colour")).isEqualTo("green");
            assertThat(delivered(peer, "copy").value("colour")).isEqualTo("grey");
            assertThat(delivered(peer, "wrap").has("colour")).isFalse();
            PeerFrame other = delivered(peer, "body");
            assertThat(other.text()).isEqualTo("another");
            assertThat(other.value("colour")).isEqualTo("red");
            assertThat(other.value("content-length")).isEqualTo("7");
        }
    }

    @Test
    void theyTakeMessagesAwayOrMakeErrorsOfThem() {
        try (StompPeer peer = subscribed("1.2")) {
            peer.send("SEND⏎destination:/topic/done⏎⏎none␀");
            assertThat(delivered(peer, "nothing").text()).isEqualTo("nothing");
            peer.send("SEND⏎destination:/topic/done⏎⏎error␀");
            peer.expectError("message:no more");
        }
    }

    @Test
    void theySeeWhatIsDelivered() throws InterruptedException {
        try (StompPeer peer = subscribed("1.2")) {
            PeerFrame untouched = delivered(peer, "nothing");
            PeerFrame frame = delivered(peer, "look");
            assertThat(frame.names()).containsExactlyElementsOf(untouched.names());
            Map<String, List<String>> seen =
                    app.context().getBean(Doing.class).seen.poll(10, TimeUnit.SECONDS);
            assertThat(seen)
                    .containsEntry("subscription", List.of("1"))
                    .containsEntry("message-id", List.of(frame.value("message-id")))
                    .containsEntry("destination", List.of("/topic/done"))
                    .containsEntry("colour", List.of("red"))
                    .containsEntry("quoted", List.of("a:b"));
        }
    }

    @Test
    void deliveriesOfAQueueTellTheirAckAndTheirCount() throws InterruptedException {
        try (App queues = App.of(Chat.Java.class, Doing.class)
                        .with("hoofbeat.queues=/queue/**")
                        .start();
                StompPeer peer = queues.connected("1.2")) {
            BlockingQueue<Map<String, List<String>>> seen = queues.context().getBean(Doing.class).seen;
            peer.subscribeAs("1", "/queue/done", "ack:client-individual");
            peer.send("SEND⏎destination:/queue/done⏎⏎look␀");
            String ack = peer.expect("MESSAGE").value("ack");
            assertThat(seen.poll(10, TimeUnit.SECONDS)).containsEntry("ack", List.of(ack));
            peer.send("NACK⏎id:" + ack + "⏎⏎␀");
            PeerFrame again = peer.expect("MESSAGE", "redelivered:true");
            assertThat(seen.poll(10, TimeUnit.SECONDS))
                    .containsEntry("ack", List.of(again.value("ack")))
                    .containsEntry("redelivered", List.of("true"))
                    .containsEntry("delivery-count", List.of("2"));
        }
    }

    @Test
    void largeBodiesKeepTheirPlaceAmongSmallOnes() {
        String large = "x".repeat(100_000);
        try (StompPeer peer = subscribed("1.2")) {
            for (int i = 0; i < 100; i++) {
                peer.send("SEND⏎destination:/topic/done⏎⏎" + (i % 10 == 9 ? large + i : i) + "␀");
            }
            for (int i = 0; i < 100; i++) {
                assertThat(peer.expect("MESSAGE").text()).isEqualTo(i % 10 == 9 ? large + i : String.valueOf(i));
            }
        }
    }
}
