/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.democlient;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Connects, asks, and logs what it is told until it is ended by Ctrl-C. */
@SpringBootApplication
public class DemoClientApplication {

    public static void main(String[] args) {
        new SpringApplicationBuilder(DemoClientApplication.class)
                .web(WebApplicationType.NONE)
                .run(args);
    }
}
