/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import java.security.Principal;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.simp.annotation.SendToUser;
import org.springframework.messaging.simp.annotation.SubscribeMapping;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.stereotype.Controller;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;

/** An application as one writes it for Spring's simple broker: nothing in it knows of us. */
final class Chat {

    private Chat() {}

    @Configuration(proxyBeanMethods = false)
    @EnableWebSocketMessageBroker
    static class Java implements WebSocketMessageBrokerConfigurer {
        @Override
        public void configureMessageBroker(MessageBrokerRegistry registry) {
            registry.enableSimpleBroker("/topic", "/queue");
            registry.setApplicationDestinationPrefixes("/app");
        }

        @Override
        public void registerStompEndpoints(StompEndpointRegistry registry) {
            registry.addEndpoint("/ws").setHandshakeHandler(new NamedByQuery());
            registry.addEndpoint("/sockjs").withSockJS();
        }

        @Bean
        Controllers controllers() {
            return new Controllers();
        }
    }

    /** {@code /ws?ada} is Ada's; who does not say is nobody. */
    static final class NamedByQuery extends DefaultHandshakeHandler {
        @Override
        protected @Nullable Principal determineUser(
                ServerHttpRequest request, WebSocketHandler handler, Map<String, Object> attributes) {
            String name = request.getURI().getQuery();
            return name == null ? null : () -> name;
        }
    }

    @Controller
    static class Controllers {
        private final CompletableFuture<String> later = new CompletableFuture<>();

        @MessageMapping("/echo")
        @SendTo("/topic/echo")
        String echo(String text) {
            return "echo " + text;
        }

        @MessageMapping("/room/{room}")
        String implicit(String text) {
            return text;
        }

        @MessageMapping("/silent")
        void silent(String text) {}

        @MessageMapping("/fail")
        void fail(String text) {
            throw new IllegalStateException("secret of " + text);
        }

        @MessageMapping("/handled")
        void handled(String text) {
            throw new UnsupportedOperationException(text);
        }

        @MessageExceptionHandler(UnsupportedOperationException.class)
        @SendTo("/topic/errors")
        String unsupported(UnsupportedOperationException failure) {
            return "cannot " + failure.getMessage();
        }

        @MessageMapping("/later")
        @SendTo("/topic/later")
        CompletableFuture<String> later(String text) {
            return later;
        }

        @MessageMapping("/complete")
        void complete(String text) {
            if (text.startsWith("fail")) {
                later.completeExceptionally(new IllegalStateException(text));
            } else {
                later.complete(text);
            }
        }

        @MessageMapping("/mine")
        @SendToUser("/queue/mine")
        String mine(String text) {
            return "only you: " + text;
        }

        @SubscribeMapping("/welcome")
        String welcome() {
            return "welcome";
        }
    }
}
