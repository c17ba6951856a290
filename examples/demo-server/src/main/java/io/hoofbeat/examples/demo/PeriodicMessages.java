/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.demo;

import java.time.LocalTime;
import org.springframework.messaging.simp.SimpMessageSendingOperations;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

@Component
class PeriodicMessages {
    private final SimpMessageSendingOperations messages;

    PeriodicMessages(SimpMessageSendingOperations messages) {
        this.messages = messages;
    }

    @Scheduled(fixedDelayString = "${demo.period:10s}")
    void send() {
        messages.convertAndSend(
                "/topic/periodic", "server periodic message %s via the broker".formatted(LocalTime.now()));
    }
}
