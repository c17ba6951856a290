/* SPDX-License-Identifier: Apache-2.0 */
package seeds.s000.greeting;

import java.time.LocalTime;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.stereotype.Controller;

@Controller
public class GreetingController {

    @MessageMapping("/greeting") // repaired, was: @MessageMapping("/greeting") {
    public String handle(String greeting) {
        return "[" + getTimestamp() + ": " + greeting;
    }

    // <added>
    private static String getTimestamp() {
        return LocalTime.now().toString();
    }
    // </added>
}
