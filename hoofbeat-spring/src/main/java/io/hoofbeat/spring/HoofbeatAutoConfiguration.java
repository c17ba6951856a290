/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.messaging.simp.broker.AbstractBrokerMessageHandler;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.socket.messaging.SubProtocolWebSocketHandler;

/**
 * Puts Hoofbeat in the place of Spring's simple broker, in applications with {@code @EnableWebSocketMessageBroker} as in those with
 * {@code <websocket:message-broker>}. The property {@code hoofbeat.enabled=false} leaves everything as it is.
 */
@AutoConfiguration
@ConditionalOnClass({
    AbstractBrokerMessageHandler.class,
    SubProtocolWebSocketHandler.class,
    SimpleUrlHandlerMapping.class
})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnProperty(prefix = HoofbeatSettings.PREFIX, name = "enabled", havingValue = "true", matchIfMissing = true)
public class HoofbeatAutoConfiguration {

    @Bean
    static BrokerSlot hoofbeatBrokerSlot(BeanFactory beans, ObjectProvider<HoofbeatSettings> settings) {
        return new BrokerSlot(beans, settings::getObject);
    }

    @Bean
    HoofbeatSettings hoofbeatSettings(Environment environment) {
        return HoofbeatSettings.of(environment);
    }

    @Bean
    Hoofbeat hoofbeat(BrokerSlot slot) {
        return new Hoofbeat(slot);
    }

    @Bean
    Controllers hoofbeatControllers() {
        return new Controllers();
    }

    /** For {@code /actuator/health}. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    static class OfHealth {
        @Bean
        @ConditionalOnEnabledHealthIndicator("hoofbeat")
        BrokerHealth hoofbeatHealthIndicator(BrokerSlot slot) {
            return new BrokerHealth(slot);
        }
    }

    /** For Micrometer. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    static class OfMeters {
        @Bean
        BrokerMeters hoofbeatMeters(BrokerSlot slot) {
            return new BrokerMeters(slot);
        }
    }

    /** For {@code /actuator/hoofbeat}. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
    static class OfActuator {
        @Bean
        @ConditionalOnAvailableEndpoint
        BrokerEndpoint hoofbeatEndpoint(BrokerSlot slot) {
            return new BrokerEndpoint(slot);
        }
    }
}
