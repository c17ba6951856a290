/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.portfolio;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.examples.portfolio.Trade.Action;
import java.util.HashMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.annotation.support.SimpAnnotationMethodMessageHandler;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.AbstractSubscribableChannel;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.security.authentication.TestingAuthenticationToken;
import tools.jackson.databind.json.JsonMapper;

/** The controller without a socket: messages made by hand, and what comes of them on Spring's channels. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "portfolio.quotes=200ms")
class PortfolioControllerTest {
    @Autowired
    private SimpAnnotationMethodMessageHandler controllers;

    @Autowired
    private AbstractSubscribableChannel clientOutboundChannel;

    @Autowired
    private AbstractSubscribableChannel brokerChannel;

    @Autowired
    private JsonMapper json;

    /** What is sent to that destination. */
    private record Listening(String destination, BlockingQueue<Message<?>> heard) implements ChannelInterceptor {

        static Listening at(String destination, AbstractSubscribableChannel channel) {
            Listening listening = new Listening(destination, new LinkedBlockingQueue<>());
            channel.addInterceptor(listening);
            return listening;
        }

        @Override
        public Message<?> preSend(Message<?> message, MessageChannel channel) {
            if (destination.equals(SimpMessageHeaderAccessor.getDestination(message.getHeaders()))) {
                heard.add(message);
            }
            return message;
        }

        Message<?> next() throws InterruptedException {
            return heard.poll(10, TimeUnit.SECONDS);
        }
    }

    private static Message<byte[]> frame(StompCommand command, String destination, byte[] payload) {
        StompHeaderAccessor headers = StompHeaderAccessor.create(command);
        headers.setSessionId("made-by-hand");
        headers.setSubscriptionId("7");
        headers.setDestination(destination);
        headers.setUser(new TestingAuthenticationToken("dagobert", "", "ROLE_USER"));
        headers.setSessionAttributes(new HashMap<>());
        return MessageBuilder.createMessage(payload, headers.getMessageHeaders());
    }

    @Test
    void positionsAreAnsweredToTheSubscriptionItself() throws Exception {
        Listening clients = Listening.at("/app/positions", clientOutboundChannel);
        controllers.handleMessage(frame(StompCommand.SUBSCRIBE, "/app/positions", new byte[0]));
        Message<?> answer = clients.next();
        SimpMessageHeaderAccessor headers = SimpMessageHeaderAccessor.wrap(answer);
        assertThat(headers.getMessageType()).isEqualTo(SimpMessageType.MESSAGE);
        assertThat(headers.getSessionId()).isEqualTo("made-by-hand");
        assertThat(headers.getSubscriptionId()).isEqualTo("7");
        assertThat(json.readValue((byte[]) answer.getPayload(), Position[].class))
                .extracting(Position::ticker)
                .containsExactly("CTXS", "DELL", "EMC", "VMW");
    }

    @Test
    void tradeIsAnsweredToItsUser() throws Exception {
        Listening broker = Listening.at("/user/dagobert/queue/position-updates", brokerChannel);
        byte[] trade = json.writeValueAsBytes(new Trade(Action.BUY, "DELL", 25));
        controllers.handleMessage(frame(StompCommand.SEND, "/app/trade", trade));
        Position position = json.readValue((byte[]) broker.next().getPayload(), Position.class);
        assertThat(position.shares()).isEqualTo(75);
    }
}
