/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.democlient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.examples.demo.DemoServerApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

@ExtendWith(OutputCaptureExtension.class)
class DemoClientTest {

    @Test
    void clientLogsWhatTheServerSays(CapturedOutput output) {
        try (ConfigurableApplicationContext server = new SpringApplicationBuilder(DemoServerApplication.class)
                        .run("--server.port=0", "--demo.period=200ms");
                ConfigurableApplicationContext client = new SpringApplicationBuilder(DemoClientApplication.class)
                        .web(WebApplicationType.NONE)
                        .run("--demo.server=http://localhost:"
                                + server.getEnvironment().getProperty("local.server.port"))) {
            assertThat(client.isActive()).isTrue();
            await().untilAsserted(() -> assertThat(output)
                    .contains(
                            "Connected to Hoofbeat",
                            "Received from /app/subscribe: server one-time message via the application",
                            "Received from /queue/responses: response to message from the console",
                            "Received from /topic/periodic: server periodic message"));
            assertThat(output).doesNotContain("ERROR");
        }
    }
}
