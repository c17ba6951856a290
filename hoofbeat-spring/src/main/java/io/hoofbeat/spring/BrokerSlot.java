/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.task.TaskExecutor;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.SubscribableChannel;
import org.springframework.messaging.simp.annotation.support.SimpAnnotationMethodMessageHandler;
import org.springframework.messaging.simp.broker.DefaultSubscriptionRegistry;
import org.springframework.messaging.simp.broker.SimpleBrokerMessageHandler;
import org.springframework.messaging.simp.stomp.StompBrokerRelayMessageHandler;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.socket.config.WebSocketMessageBrokerStats;
import org.springframework.web.socket.messaging.SubProtocolWebSocketHandler;

/**
 * Puts a {@link SpringBroker} where Spring's configuration, Java or XML, has put its simple broker, and what belongs to it around it.
 *
 * <p>Spring has no place for a third kind of broker; its beans have names and types on which configurations, Spring Security and
 * statistics rely. So the beans stay, and what is behind them is exchanged by type when they have been made.
 */
final class BrokerSlot implements BeanPostProcessor {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerSlot.class);

    /** Beans in beans: the statistics of an XML configuration have a broker and executors of their own, which never start. */
    private static final String INNER = "(inner bean)";

    private final BeanFactory beans;
    private final Supplier<HoofbeatSettings> settings;

    private final List<SimpleUrlHandlerMapping> endpoints = new CopyOnWriteArrayList<>();

    /** Null until the slot has been filled; written once, while beans are being made. */
    private volatile @Nullable SpringBroker broker;

    BrokerSlot(BeanFactory beans, Supplier<HoofbeatSettings> settings) {
        this.beans = beans;
        this.settings = settings;
    }

    /** Where the endpoints of the application are. */
    List<SimpleUrlHandlerMapping> endpoints() {
        return endpoints;
    }

    /** The broker that was put there; null if the application has another kind. */
    @Nullable SpringBroker broker() {
        return broker;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (name.startsWith(INNER)) {
            return bean;
        }
        if (bean instanceof SimpleBrokerMessageHandler simple) {
            return replaced(simple, name);
        }
        if (bean instanceof StompBrokerRelayMessageHandler) {
            LOG.info(
                    "the configured STOMP broker relay stays as it is: Hoofbeat takes the place of the simple broker only");
        } else if (isExecutor(name) && bean instanceof TaskExecutor executor) {
            return new OrderedExecutor(executor);
        } else if (bean instanceof WebSocketMessageBrokerStats statistics) {
            restore(statistics);
        } else if (bean.getClass() == SubProtocolWebSocketHandler.class) {
            return StompWebSocketHandler.like(
                    (SubProtocolWebSocketHandler) bean,
                    beans.getBean("clientInboundChannel", MessageChannel.class),
                    beans.getBean("clientOutboundChannel", SubscribableChannel.class));
        } else if (bean instanceof SimpAnnotationMethodMessageHandler handler) {
            Controllers.await(handler);
        } else if (bean instanceof SimpleUrlHandlerMapping mapping) {
            SubprotocolChoice.addTo(mapping);
            endpoints.add(mapping);
        }
        return bean;
    }

    private Object replaced(SimpleBrokerMessageHandler simple, String name) {
        String reason = reasonToStay(simple);
        if (reason != null) {
            LOG.warn("Spring's simple broker stays: {}", reason);
            return simple;
        }
        SpringBroker ours = new SpringBroker(simple, new Surroundings(beans, settings.get()));
        broker = ours;
        if (beans instanceof ConfigurableBeanFactory factory) {
            factory.registerDependentBean(name, HoofbeatAutoConfiguration.ENDPOINTS);
        }
        return ours;
    }

    /** What has been configured and we have not, so that exchanging the broker would take it away; null if there is nothing. */
    private static @Nullable String reasonToStay(SimpleBrokerMessageHandler simple) {
        if (!(simple.getSubscriptionRegistry() instanceof DefaultSubscriptionRegistry registry)) {
            return "it has a subscription registry of its own, " + simple.getSubscriptionRegistry();
        }
        if (registry.getSelectorHeaderName() != null) {
            return "it has selectors in the language of Spring (selector header " + registry.getSelectorHeaderName()
                    + "); Hoofbeat's are in SQL-92, in the header selector, and need no configuration";
        }
        return null;
    }

    private static boolean isExecutor(String name) {
        return name.equals("clientInboundChannelExecutor") || name.equals("clientOutboundChannelExecutor");
    }

    /** Statistics look at the thread pools. */
    private void restore(WebSocketMessageBrokerStats statistics) {
        if (original("clientInboundChannelExecutor") instanceof TaskExecutor inbound) {
            statistics.setInboundChannelExecutor(inbound);
        }
        if (original("clientOutboundChannelExecutor") instanceof TaskExecutor outbound) {
            statistics.setOutboundChannelExecutor(outbound);
        }
    }

    private Executor original(String name) {
        Executor executor = beans.getBean(name, Executor.class);
        return executor instanceof OrderedExecutor ordered ? ordered.original() : executor;
    }
}
