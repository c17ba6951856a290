/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.StompPeer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What operators see: health and meters. */
class ActuatorTest {
    private static App app;

    @BeforeAll
    static void start() {
        app = App.of(Chat.Java.class)
                .with("management.endpoints.web.exposure.include=health,metrics")
                .with("management.endpoint.health.show-details=always")
                .start();
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    private static String get(String path) {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://localhost:" + app.port() + "/actuator/" + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (java.io.IOException | InterruptedException e) {
            throw new AssertionError(path, e);
        }
    }

    @Test
    void healthTellsThatTheBrokerRuns() {
        assertThat(get("health")).contains("\"hoofbeat\":{\"details\":{\"sessions\":0},\"status\":\"UP\"}");
    }

    @Test
    void metersCountWhatHappens() {
        try (StompPeer peer = app.connected("1.2")) {
            peer.subscribe("/topic/a");
            peer.subscribeAs("s2", "/topic/b");
            Awaitility.await().until(() -> get("metrics/hoofbeat.sessions").contains("\"value\":1.0"));
            assertThat(get("metrics/hoofbeat.subscriptions")).contains("\"value\":2.0");
            assertThat(get("metrics/hoofbeat.destinations")).contains("\"value\":2.0");
            peer.send("NONSENSE⏎⏎␀");
            peer.expectError();
            Awaitility.await()
                    .until(() -> get("metrics/hoofbeat.sessions.closed?tag=reason:protocol-error")
                            .contains("\"value\":1.0"));
            assertThat(get("metrics/hoofbeat.protocol.violations")).contains("\"value\":1.0");
        }
        Awaitility.await().until(() -> get("metrics/hoofbeat.subscriptions").contains("\"value\":0.0"));
    }
}
