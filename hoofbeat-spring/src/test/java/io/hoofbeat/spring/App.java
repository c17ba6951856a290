/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.test.StompPeer;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A Spring Boot application on a port of its own, with Tomcat and all that Boot configures, with Hoofbeat or as it is without. */
final class App implements AutoCloseable {
    private static final String WITHOUT_SECURITY = "spring.autoconfigure.exclude="
            + "org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration,"
            + "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration,"
            + "org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration,"
            + "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration,"
            + "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration";

    private final ConfigurableApplicationContext context;

    private App(ConfigurableApplicationContext context) {
        this.context = context;
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Boot {}

    static Builder of(Class<?>... sources) {
        return new Builder(sources);
    }

    ConfigurableApplicationContext context() {
        return context;
    }

    /** Whether Hoofbeat is its broker. */
    boolean isOurs() {
        return context.containsBean("simpleBrokerMessageHandler")
                && context.getBean("simpleBrokerMessageHandler") instanceof SpringBroker;
    }

    int port() {
        return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
    }

    /** Where it listens for STOMP without Spring. */
    int tcpPort() {
        return ((SpringBroker) context.getBean("simpleBrokerMessageHandler")).port("tcp");
    }

    /** Of its endpoint {@code /ws}. */
    String url() {
        return url("/ws");
    }

    /** Where the endpoints are: natively, if they are. */
    String url(String path) {
        String port = context.getEnvironment().getProperty(NativeEndpoints.LOCAL_PORT, String.valueOf(port()));
        return "ws://localhost:" + port + path;
    }

    /** A peer whose scratch destination is a topic of the application's. */
    StompPeer.Builder peer() {
        return StompPeer.to(url()).scratch("/topic/scratch");
    }

    /** The same, connected in that version. */
    StompPeer connected(String version) {
        StompPeer peer = peer().connect();
        peer.open(version);
        return peer;
    }

    @Override
    public void close() {
        context.close();
    }

    /** What it is made of. */
    static final class Builder {
        private final List<Class<?>> sources = new ArrayList<>();
        private final List<String> properties = new ArrayList<>();
        private boolean security;

        Builder(Class<?>... sources) {
            this.sources.add(Boot.class);
            this.sources.addAll(List.of(sources));
        }

        Builder and(Class<?> source) {
            sources.add(source);
            return this;
        }

        Builder with(String property) {
            properties.add(property);
            return this;
        }

        Builder withSecurity() {
            security = true;
            return this;
        }

        /** Spring's own broker. */
        Builder stock() {
            return with("hoofbeat.enabled=false");
        }

        Builder stockIf(boolean stock) {
            return stock ? stock() : this;
        }

        App start() {
            List<String> all = new ArrayList<>(properties);
            all.add("server.port=0");
            all.add("spring.main.banner-mode=off");
            all.add("spring.jmx.enabled=false");
            all.add("logging.level.root=warn");
            if (!security) {
                all.add(WITHOUT_SECURITY);
            }
            return new App(new SpringApplicationBuilder(sources.toArray(Class<?>[]::new))
                    .properties(all.toArray(String[]::new))
                    .run());
        }
    }
}
