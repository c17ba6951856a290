/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.xml;

import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.stereotype.Controller;

@Controller
class GreetingController {

    record HelloMessage(String name) {}

    record Greeting(String content) {}

    @MessageMapping("/hello")
    @SendTo("/topic/greetings")
    Greeting greet(HelloMessage message) {
        return new Greeting("Hello, " + message.name() + "!");
    }
}
