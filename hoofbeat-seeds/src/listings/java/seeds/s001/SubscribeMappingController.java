/* SPDX-License-Identifier: Apache-2.0 */
package seeds.s001;

import org.springframework.messaging.simp.annotation.SubscribeMapping;
import org.springframework.stereotype.Controller;

@Controller
public class SubscribeMappingController {

   @SubscribeMapping("/subscribe")
   public String sendOneTimeMessage() {
       return "server one-time message via the application";
   }
}
