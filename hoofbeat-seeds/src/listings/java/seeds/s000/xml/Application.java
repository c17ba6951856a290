/* SPDX-License-Identifier: Apache-2.0 */
package seeds.s000.xml;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.ImportResource;

/** Around the listings of this package. */
@SpringBootApplication
@ImportResource("classpath:seeds/s000/message-broker.xml")
public class Application {

    public static void main(String[] args) {
        SpringApplication.run(Application.class, args);
    }
}
