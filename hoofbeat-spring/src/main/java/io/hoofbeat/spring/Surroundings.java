/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.broker.Authenticator;
import io.hoofbeat.broker.Authorizer;
import io.hoofbeat.broker.Authorizer.Operation;
import io.hoofbeat.broker.BrokerListener;
import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.broker.DestinationPolicy;
import io.hoofbeat.broker.DestinationPolicy.Kind;
import io.hoofbeat.broker.Identity;
import io.hoofbeat.server.LoggingListener;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.broker.DefaultSubscriptionRegistry;
import org.springframework.messaging.simp.broker.SimpleBrokerMessageHandler;
import org.springframework.web.socket.messaging.SubProtocolWebSocketHandler;

/**
 * What a broker in a Spring application has around it: found when it starts, for the replacement of a bean is too early to ask for others.
 */
final class Surroundings {
    /** What sessions of Spring's have come by, as the engine sees it. */
    static final String TRANSPORT = "spring";

    private static final String SOCKETS = "subProtocolWebSocketHandler";
    private static final double TOLERANCE = 3;

    private final BeanFactory beans;
    private final HoofbeatSettings settings;

    /** Null until somebody has asked. */
    private volatile @Nullable String userPrefix;

    Surroundings(BeanFactory beans, HoofbeatSettings settings) {
        this.beans = beans;
        this.settings = settings;
    }

    HoofbeatSettings settings() {
        return settings;
    }

    /** Spring's handler of sockets, which is ours. */
    StompWebSocketHandler sockets() {
        if (beans.getBean(SOCKETS, SubProtocolWebSocketHandler.class) instanceof StompWebSocketHandler ours) {
            return ours;
        }
        throw new IllegalStateException("the bean " + SOCKETS + " is not the one that Hoofbeat has put there");
    }

    private SimpMessagingTemplate template() {
        return beans.getBean("brokerMessagingTemplate", SimpMessagingTemplate.class);
    }

    /** Destinations of users begin with it. It is asked for with each frame, and looked up once. */
    String userPrefix() {
        String known = userPrefix;
        if (known == null) {
            known = template().getUserDestinationPrefix();
            userPrefix = known;
        }
        return known;
    }

    MessageConverter converter() {
        return template().getMessageConverter();
    }

    /** Whom Spring has found. */
    private static CompletionStage<Identity> known(@Nullable String user) {
        return CompletableFuture.completedFuture(user == null ? Identity.ANONYMOUS : new Identity(user, Set.of()));
    }

    /** What the properties say, and else what the application says of its simple broker; every destination is a topic if nobody says more. */
    BrokerOptions options(SimpleBrokerMessageHandler original) {
        BrokerOptions.Builder builder = settings.configuration().broker();
        settings.queues()
                .forEach(pattern -> builder.policy(
                        DestinationPolicy.builder(pattern, Kind.QUEUE).build()));
        builder.policy(DestinationPolicy.builder("/reply-queue/**", Kind.QUEUE).build())
                .policy(DestinationPolicy.builder("**", Kind.TOPIC).build())
                .matcher(new AntDestinations(
                        ((DefaultSubscriptionRegistry) original.getSubscriptionRegistry()).getPathMatcher()))
                .lenient(true)
                .listener(new LoggingListener());
        beans.getBeanProvider(BrokerListener.class).orderedStream().forEach(builder::listener);
        if (!settings.says("broker.heart-beat-receive")) {
            builder.heartBeatReceive(Duration.ZERO); // tabs in the background would not keep their promise
        }
        if (original.getHeartbeatValue() != null && !settings.says("broker.heart-beat-tolerance")) {
            builder.heartBeatTolerance(TOLERANCE);
        }
        Integer messageSize = sockets().messageSizeLimit();
        if (messageSize != null && !settings.says("broker.max-body")) {
            builder.maxBody(messageSize);
        }
        BrokerOptions options = builder.build();
        Authenticator configured = options.authenticator();
        return options.toBuilder()
                .authorizer(authorizer(options, original.getDestinationPrefixes()))
                .authenticator(credentials -> {
                    String transport = credentials.connection().transport();
                    if (transport.startsWith(NativeEndpoints.TRANSPORT)) {
                        return known(credentials.login());
                    }
                    return transport.equals(TRANSPORT)
                            ? Authenticator.ANYBODY.authenticate(credentials)
                            : configured.authenticate(credentials);
                })
                .build();
    }

    /**
     * What the rules say, of the broker's own destinations. What is at others is the application's, where no client of another listener
     * finds anybody: it is to learn that, instead of sending to a topic that nobody hears. Frames of Spring's sessions for those never
     * come here; what comes for users is theirs, since nobody else can name it. A pattern may mean more than there is, for what it finds
     * is asked about as well.
     */
    private static Authorizer authorizer(BrokerOptions options, Collection<String> prefixes) {
        Authorizer rules = options.authorizer();
        return (identity, operation, name) -> {
            if (UserDestinations.isInside(name)) {
                return true;
            }
            boolean isOwn = StompMessages.isBelow(prefixes, name)
                    || (operation == Operation.SUBSCRIBE && options.matcher().isPattern(name));
            return isOwn && rules.permits(identity, operation, name);
        };
    }
}
