/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.support.ExecutorSubscribableChannel;

/** What is printed when an application does not start because of us: what is wrong, where it was said, and what to do. */
class FailureTest {

    /** All that is printed behind the headline. */
    private static String printed(App.Builder application) {
        PrintStream console = System.out;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setOut(new PrintStream(log, true, UTF_8));
        try {
            assertThatThrownBy(application::start).isNotNull();
        } finally {
            System.setOut(console);
        }
        String all = log.toString(UTF_8).replace("\r", "");
        assertThat(all).contains("APPLICATION FAILED TO START");
        return all.substring(all.indexOf("Description:"))
                .replaceAll("\"hoofbeat[^\"]*\" from property source \"defaultProperties\"", "PLACE");
    }

    @Test
    void allWrongPropertiesAreNamedWithTheirFixes() {
        assertThat(printed(App.of(Chat.Java.class)
                        .with("hoofbeat.broker.prefetch=none")
                        .with("hoofbeat.broker.outbox-hihg-water=1 MiB")
                        .with("hoofbeat.broker.ack-timeout=5")
                        .with("hoofbeat.destinations[0].pattern=/queue/a")
                        .with("hoofbeat.destinations[0].kind=que")
                        .with("hoofbeat.destinations[0].max-mesages=10")))
                .isEqualTo("""
                        Description:

                        The properties below "hoofbeat" cannot be used:

                            hoofbeat.broker.ack-timeout (PLACE): "5" needs a unit, as in 5s or 5ms
                            hoofbeat.broker.outbox-hihg-water (PLACE): unknown property; did you mean broker.outbox-high-water?
                            hoofbeat.broker.prefetch (PLACE): "none" is not a whole number
                            hoofbeat.destinations[0]: destinations.kind: "que" is not one of topic, queue
                            hoofbeat.destinations[0]: unknown key "max-mesages" in destinations; did you mean "max-messages"?

                        Action:

                        Correct them. All properties, with their bounds and defaults, are in Hoofbeat's docs/CONFIGURATION.md; \
                        in application.yml they stand below "hoofbeat:".

                        """);
    }

    @Test
    void doorThatWouldBeOpenToEverybodyIsNotOpened() {
        assertThat(printed(App.of(Chat.Java.class)
                        .with("hoofbeat.listeners.tcp.port=0")
                        .with("hoofbeat.listeners.tcp.host=0.0.0.0")))
                .isEqualTo("""
                        Description:

                        The properties below "hoofbeat" cannot be used:

                            hoofbeat.listeners.tcp.host (PLACE): listeners.tcp.host: 0.0.0.0 can be reached from other machines, \
                        and there are no users: anybody would be let in; add users (`hoofbeat user hash` helps), \
                        or say that it is meant: allow-anonymous: true

                        Action:

                        Correct them. All properties, with their bounds and defaults, are in Hoofbeat's docs/CONFIGURATION.md; \
                        in application.yml they stand below "hoofbeat:".

                        """);
    }

    @Test
    void portThatIsInUseIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(printed(App.of(Chat.Java.class).with("hoofbeat.listeners.tcp.port=" + taken.getLocalPort()))
                            .replace(String.valueOf(taken.getLocalPort()), "61613"))
                    .matches("""
                            Description:

                            Hoofbeat cannot listen: tcp on 127\\.0\\.0\\.1:61613: .*in use.*\\.

                            Action:

                            Stop what listens there, or choose another port below "hoofbeat\\.listeners"; 0 takes any that is free\\.

                            """);
        }
    }

    /** Puts a channel of its own in the place of Spring's. */
    @Configuration(proxyBeanMethods = false)
    static class OwnChannel {
        @Bean
        static BeanPostProcessor ownChannel() {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String name) {
                    return name.equals("clientInboundChannel") ? new ExecutorSubscribableChannel() : bean;
                }
            };
        }
    }

    @Test
    void channelWithoutItsExecutorIsNamed() {
        assertThat(printed(App.of(Chat.Java.class, OwnChannel.class))).isEqualTo("""
                        Description:

                        Hoofbeat cannot keep the order of frames on clientInboundChannel: the executor of clientInboundChannel is null, \
                        not the bean clientInboundChannelExecutor.

                        Action:

                        Give the channel its executor by configureClientInboundChannel or configureClientOutboundChannel of a \
                        WebSocketMessageBrokerConfigurer, so that it is the bean clientInboundChannelExecutor; \
                        or keep Spring's simple broker by hoofbeat.enabled=false.

                        """);
    }
}
