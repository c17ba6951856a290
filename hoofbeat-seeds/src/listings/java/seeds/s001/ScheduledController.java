/* SPDX-License-Identifier: Apache-2.0 */
package seeds.s001;

import java.time.LocalTime;
import org.springframework.messaging.core.MessageSendingOperations;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

@Component
public class ScheduledController {

   private final MessageSendingOperations<String> messageSendingOperations;

   public ScheduledController(MessageSendingOperations<String> messageSendingOperations) {
       this.messageSendingOperations = messageSendingOperations;
   }

   @Scheduled(fixedDelay = 10000)
   public void sendPeriodicMessages() {
       String broadcast = String.format("server periodic message %s via the broker", LocalTime.now());
       this.messageSendingOperations.convertAndSend("/topic/periodic", broadcast);
   }
}
