/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring.test;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.messaging.converter.SimpleMessageConverter;
import org.springframework.messaging.simp.SimpMessagingTemplate;

/**
 * Makes clients for a test; a parameter of its methods.
 *
 * <pre>{@code
 * StompProbe ada = probes.connect("/ws");
 * StompProbe bob = probes.to("/ws").basicAuth("bob", "secret").connect();
 * }</pre>
 *
 * <p>Used by one thread at a time. All clients are closed when the test is over.
 */
public final class StompProbes implements AutoCloseable {
    private final ApplicationContext application;
    private final List<StompProbe> open = new ArrayList<>();

    StompProbes(ApplicationContext application) {
        this.application = application;
    }

    /**
     * Connects to an endpoint of the application's, as nobody in particular.
     *
     * @param path as in {@code registry.addEndpoint}; of an endpoint with SockJS its raw WebSocket, {@code /ws/websocket}
     * @throws AssertionError if it does not come about; it shows what came instead of CONNECTED
     */
    public StompProbe connect(String path) {
        return to(path).connect();
    }

    /** Begins to say how to connect to an endpoint of the application's. */
    public ProbeBuilder to(String path) {
        return new ProbeBuilder(this, url(path));
    }

    private URI url(String path) {
        Environment environment = application.getEnvironment();
        @Nullable String port = environment.getProperty("local.server.port");
        if (port == null) {
            throw new IllegalStateException("the application does not listen; @HoofbeatTest, or "
                    + "@SpringBootTest(webEnvironment = RANDOM_PORT), makes it do so");
        }
        return URI.create("ws://localhost:" + port + environment.getProperty("server.servlet.context-path", "") + path);
    }

    /** The application's own, which its controllers and templates use. */
    MessageConverter converter() {
        return application.getBeanProvider(SimpMessagingTemplate.class).stream()
                .findFirst()
                .map(SimpMessagingTemplate::getMessageConverter)
                .orElseGet(SimpleMessageConverter::new);
    }

    void opened(StompProbe probe) {
        open.add(probe);
    }

    /** Closes all clients without a word. */
    @Override
    public void close() {
        open.forEach(StompProbe::close);
        open.clear();
    }
}
