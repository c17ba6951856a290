/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.demo;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.simp.annotation.SubscribeMapping;
import org.springframework.stereotype.Controller;

@Controller
class DemoController {
    private static final Logger LOG = LoggerFactory.getLogger(DemoController.class);

    @SubscribeMapping("/subscribe")
    String oneTime() {
        return "server one-time message via the application";
    }

    @MessageMapping("/request")
    @SendTo("/queue/responses")
    String respond(String message) {
        LOG.info("Request: {}", message);
        if (message.equals("zero")) {
            throw new IllegalArgumentException("'%s' is rejected".formatted(message));
        }
        return "response to " + message;
    }

    @MessageExceptionHandler
    @SendTo("/queue/errors")
    String failed(IllegalArgumentException failure) {
        return "server exception: " + failure.getMessage();
    }
}
