/* SPDX-License-Identifier: Apache-2.0 */
package seeds.s001.silent;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.stereotype.Controller;

@Controller
public class MessageMappingController {
   private static final Logger logger = LoggerFactory.getLogger(MessageMappingController.class); // added

   @MessageMapping("/request")
   public void handleMessageWithoutResponse(String message) {
       logger.info("Message without response: {}", message);
   }
}
