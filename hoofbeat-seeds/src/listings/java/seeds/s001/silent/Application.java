/* SPDX-License-Identifier: Apache-2.0 */
package seeds.s001.silent;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;
import seeds.s001.StompWebSocketConfig;

/** Around the listings of this package. */
@SpringBootApplication
@Import(StompWebSocketConfig.class)
public class Application {

    public static void main(String[] args) {
        SpringApplication.run(Application.class, args);
    }
}
