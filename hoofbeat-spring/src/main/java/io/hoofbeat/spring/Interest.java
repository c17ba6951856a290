/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import java.util.List;
import java.util.Objects;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.simp.annotation.support.SimpAnnotationMethodMessageHandler;
import org.springframework.messaging.simp.broker.AbstractBrokerMessageHandler;
import org.springframework.messaging.simp.user.UserDestinationMessageHandler;
import org.springframework.messaging.support.AbstractSubscribableChannel;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.ImmutableMessageChannelInterceptor;
import org.springframework.web.socket.messaging.StompSubProtocolErrorHandler;
import org.springframework.web.socket.messaging.WebSocketAnnotationMethodMessageHandler;

/**
 * What the application's own code wants to see of what passes between clients and the engine: nothing, unless it has put interceptors
 * or handlers of its own at Spring's channels.
 *
 * @param userPrefix how destinations of users begin
 * @param seesClientFrames frames for destinations of the engine
 * @param seesMessages all that goes to clients
 * @param seesErrors ERRORs that go to clients
 * @param controllers who handle what is for the application
 */
record Interest(
        SpringBroker broker,
        String userPrefix,
        boolean seesClientFrames,
        boolean seesMessages,
        boolean seesErrors,
        List<SimpAnnotationMethodMessageHandler> controllers) {

    static Interest in(SpringBroker broker) {
        AbstractSubscribableChannel inbound = (AbstractSubscribableChannel) broker.getClientInboundChannel();
        AbstractSubscribableChannel outbound = (AbstractSubscribableChannel) broker.getClientOutboundChannel();
        StompSubProtocolErrorHandler errors = broker.sockets().errorHandler();
        return new Interest(
                broker,
                broker.surroundings().userPrefix(),
                hasInterceptors(inbound) || !inbound.getSubscribers().stream().allMatch(Interest::isSprings),
                hasInterceptors(outbound)
                        || !outbound.getSubscribers().stream().allMatch(StompWebSocketHandler.class::isInstance),
                errors != null && !(errors instanceof Refusals),
                inbound.getSubscribers().stream()
                        .filter(SimpAnnotationMethodMessageHandler.class::isInstance)
                        .map(SimpAnnotationMethodMessageHandler.class::cast)
                        .toList());
    }

    private static boolean hasInterceptors(AbstractSubscribableChannel channel) {
        return !channel.getInterceptors().stream().allMatch(Interest::isSprings);
    }

    private static boolean isSprings(ChannelInterceptor interceptor) {
        return interceptor.getClass() == ImmutableMessageChannelInterceptor.class
                || Objects.equals(interceptor.getClass().getEnclosingClass(), AbstractBrokerMessageHandler.class)
                || Objects.equals(interceptor.getClass().getEnclosingClass(), ApplicationFrames.class);
    }

    private static boolean isSprings(MessageHandler handler) {
        return handler instanceof SpringBroker
                || handler.getClass() == SimpAnnotationMethodMessageHandler.class
                || handler.getClass() == WebSocketAnnotationMethodMessageHandler.class
                || handler.getClass() == UserDestinationMessageHandler.class;
    }

    /** Whether nobody but the engine has to do with what is sent there. */
    boolean isEnginesAlone(String destination) {
        return broker.owns(destination)
                && !destination.startsWith(userPrefix)
                && !UserDestinations.mayBeForUser(destination)
                && controllers.stream().noneMatch(each -> isAt(each, destination));
    }

    /** Whether those controllers are at destinations like that. */
    static boolean isAt(SimpAnnotationMethodMessageHandler controllers, String destination) {
        return StompMessages.isBelow(controllers.getDestinationPrefixes(), destination);
    }
}
