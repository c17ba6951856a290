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
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
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
    static final String ENDPOINTS = "hoofbeatNativeEndpoints";

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

    /** For listeners of ours that serve the application's endpoints. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({WebServerInitializedEvent.class, ServerProperties.class})
    @Conditional(IsNative.class)
    static class OfEndpoints {
        @Bean
        HandshakeFilter hoofbeatHandshakeFilter() {
            return new HandshakeFilter();
        }

        @Bean(ENDPOINTS)
        NativeEndpoints hoofbeatNativeEndpoints(
                BrokerSlot slot,
                HandshakeFilter filter,
                ConfigurableEnvironment environment,
                HoofbeatSettings settings,
                ObjectProvider<ServerProperties> server,
                ObjectProvider<SslBundles> bundles) {
            NativeEndpoints.Web web = new NativeEndpoints.Web(server.getIfAvailable(), bundles.getIfAvailable());
            return new NativeEndpoints(slot, filter, environment, settings, web);
        }
    }

    /** Whether the property says so; whether it says it well is told later. */
    static final class IsNative implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            String said = context.getEnvironment().getProperty(HoofbeatSettings.PREFIX + ".endpoints");
            return said != null && !said.equals(HoofbeatSettings.SERVLET);
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
