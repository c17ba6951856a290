/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.protocol.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.handler.DestinationPatternsMessageCondition;
import org.springframework.messaging.simp.annotation.support.SimpAnnotationMethodMessageHandler;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.simp.user.UserDestinationMessageHandler;
import org.springframework.messaging.support.AbstractSubscribableChannel;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.ExecutorChannelInterceptor;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.messaging.support.MessageHeaderAccessor;

/**
 * What happens to frames that are for application code: each has an {@link Answer} if its sender wants one, and what is for nobody, or
 * cannot be done, is refused. It sees a frame before the application's interceptors do.
 */
final class ApplicationFrames {

    /** The answer to what this thread handles just now. */
    private static final ThreadLocal<@Nullable Answer> CURRENT = new ThreadLocal<>();

    private final SpringBroker broker;
    private final AbstractSubscribableChannel inbound;
    private final AbstractSubscribableChannel application;
    private final Entrance entrance = new Entrance();
    private final Passage passage = new Passage();

    private ApplicationFrames(
            SpringBroker broker, AbstractSubscribableChannel inbound, AbstractSubscribableChannel application) {
        this.broker = broker;
        this.inbound = inbound;
        this.application = application;
    }

    /** Takes its places in the channels of that broker. */
    static ApplicationFrames between(SpringBroker broker) {
        ApplicationFrames frames = new ApplicationFrames(
                broker, (AbstractSubscribableChannel) broker.getClientInboundChannel(), (AbstractSubscribableChannel)
                        broker.getBrokerChannel());
        putFirst(frames.inbound, frames.entrance);
        putFirst(frames.application, frames.passage);
        return frames;
    }

    /** Before all others, also in the order in which they are called around a handler. */
    private static void putFirst(AbstractSubscribableChannel channel, ChannelInterceptor interceptor) {
        List<ChannelInterceptor> all = new ArrayList<>(channel.getInterceptors());
        all.add(0, interceptor);
        channel.setInterceptors(all);
    }

    void leave() {
        inbound.removeInterceptor(entrance);
        application.removeInterceptor(passage);
    }

    /** The answer to what this thread handles just now; null if there is none. */
    static @Nullable Answer current() {
        return CURRENT.get();
    }

    /** Answers are released when a handler has done with a message. */
    private class Passage implements ExecutorChannelInterceptor {
        @Override
        public @Nullable Message<?> preSend(Message<?> message, MessageChannel channel) {
            Answer answer = Answer.of(message);
            if (answer != null) {
                answer.hold(application.getSubscribers().size());
            }
            return message;
        }

        @Override
        public void afterSendCompletion(
                Message<?> message, MessageChannel channel, boolean sent, @Nullable Exception failure) {
            Answer answer = Answer.of(message);
            if (answer != null && !sent) {
                application.getSubscribers().forEach(handler -> answer.release());
            }
        }

        @Override
        public Message<?> beforeHandle(Message<?> message, MessageChannel channel, MessageHandler handler) {
            if (handler instanceof SimpAnnotationMethodMessageHandler) {
                CURRENT.set(Answer.of(message));
            }
            return message;
        }

        @Override
        public void afterMessageHandled(
                Message<?> message, MessageChannel channel, MessageHandler handler, @Nullable Exception failure) {
            CURRENT.remove();
            Answer answer = Answer.of(message);
            if (answer != null) {
                if (failure != null) {
                    answer.fail("it could not be handled");
                }
                answer.release();
            }
        }
    }

    /** Answers begin with the frame of a client. */
    private final class Entrance extends Passage {
        @Override
        public @Nullable Message<?> preSend(Message<?> message, MessageChannel channel) {
            StompHeaderAccessor accessor = MessageHeaderAccessor.getAccessor(message, StompHeaderAccessor.class);
            if (accessor != null && accessor.isMutable() && accessor.getHeader(StompMessages.WIRE) != null) {
                frame(accessor, message);
            }
            return message;
        }

        @Override
        public void afterSendCompletion(
                Message<?> message, MessageChannel channel, boolean sent, @Nullable Exception failure) {
            Answer answer = Answer.of(message);
            if (answer != null && !sent && failure == null) {
                broker.unsent(answer);
            }
        }

        private void frame(StompHeaderAccessor accessor, Message<?> message) {
            StompCommand command = accessor.getCommand();
            String destination = accessor.getDestination();
            boolean concernsDestination = command == StompCommand.SEND
                    || command == StompCommand.SUBSCRIBE
                    || command == StompCommand.UNSUBSCRIBE;
            if (!concernsDestination || destination == null) {
                return;
            }
            Set<MessageHandler> handlers = inbound.getSubscribers();
            boolean isForUser = destination.startsWith(broker.surroundings().userPrefix());
            boolean isForControllers = false;
            for (MessageHandler handler : handlers) {
                isForControllers |= isAt(handler, destination);
            }
            boolean isForEngine = broker.owns(destination);
            if (!isForEngine && !isForUser && !isForControllers && !isForOthers(handlers)) {
                throw refused(
                        accessor, "nobody is at " + destination + ", which begins with none of the known prefixes");
            }
            if (!isForEngine && command == StompCommand.SEND && accessor.containsNativeHeader("transaction")) {
                throw refused(accessor, "what is sent to application code cannot be part of a transaction");
            }
            String receipt = accessor.getReceipt();
            boolean isTranslated = isForUser && command != StompCommand.SEND; // the engine sees it, and answers
            if (receipt == null || isTranslated || (isForEngine && !isForControllers)) {
                return;
            }
            if (isForControllers
                    && !isForEngine
                    && command != StompCommand.UNSUBSCRIBE
                    && !isForOthers(handlers)
                    && handlers.stream().noneMatch(handler -> matches(handler, destination, message))) {
                throw refused(accessor, "no controller handles " + command + " at " + destination);
            }
            accessor.setHeader(
                    StompMessages.ANSWER,
                    new Answer(broker, String.valueOf(accessor.getSessionId()), receipt, handlers.size()));
        }

        private boolean isAt(MessageHandler handler, String destination) {
            return handler instanceof SimpAnnotationMethodMessageHandler controllers
                    && Interest.isAt(controllers, destination);
        }

        /** The application may have subscribed code of its own to the channel. */
        private boolean isForOthers(Set<MessageHandler> handlers) {
            return handlers.stream()
                    .anyMatch(handler -> handler != broker
                            && !(handler instanceof SimpAnnotationMethodMessageHandler)
                            && !(handler instanceof UserDestinationMessageHandler));
        }

        private boolean matches(MessageHandler handler, String destination, Message<?> message) {
            if (!(handler instanceof SimpAnnotationMethodMessageHandler controllers)) {
                return false;
            }
            String rest = rest(controllers, destination);
            Message<?> lookedUp = MessageBuilder.fromMessage(message)
                    .setHeader(DestinationPatternsMessageCondition.LOOKUP_DESTINATION_HEADER, rest)
                    .build();
            return controllers.getHandlerMethods().keySet().stream()
                    .anyMatch(mapping -> mapping.getMatchingCondition(lookedUp) != null);
        }

        /** Behind the prefix, as Spring looks it up: with the slash that ends the prefix, where slashes separate. */
        private String rest(SimpAnnotationMethodMessageHandler controllers, String destination) {
            int kept = controllers.getPathMatcher().combine("a", "a").equals("a/a") ? 1 : 0;
            return controllers.getDestinationPrefixes().stream()
                    .filter(destination::startsWith)
                    .findFirst()
                    .map(prefix -> destination.substring(prefix.length() - kept))
                    .orElse(destination);
        }

        private ProtocolException refused(StompHeaderAccessor accessor, String text) {
            return new ProtocolException(
                    ProtocolException.Kind.BAD_FRAME,
                    text,
                    String.valueOf(accessor.getCommand()),
                    accessor.getReceipt());
        }
    }
}
