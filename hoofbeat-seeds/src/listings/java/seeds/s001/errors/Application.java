/* SPDX-License-Identifier: Apache-2.0 */
package seeds.s001.errors;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.EnableScheduling;
import seeds.s001.ScheduledController;
import seeds.s001.StompWebSocketConfig;
import seeds.s001.SubscribeMappingController;

/** Around the listings of this package. */
@SpringBootApplication
@EnableScheduling
@Import({StompWebSocketConfig.class, SubscribeMappingController.class, ScheduledController.class})
public class Application {

    public static void main(String[] args) {
        SpringApplication.run(Application.class, args);
    }
}
