/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/** A test of a requirement: run once for each transport and version, with a {@link Scene} for it. */
@java.lang.annotation.Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(SceneProvider.class)
@interface Requirement {

    /** The lock that tests hold which keep the processors busy, so that they do not run side by side. */
    String PROCESSORS = "processors";

    /** The versions in whose sessions it applies; where the version makes no difference, the newest is enough. */
    String[] versions() default {"1.0", "1.1", "1.2"};

    /** The transports that it concerns. */
    Transport[] transports() default {
        Transport.TCP,
        Transport.TLS,
        Transport.WS_TEXT,
        Transport.WS_BINARY,
        Transport.SOCKJS_XHR,
        Transport.SOCKJS_XHR_STREAMING,
        Transport.SOCKJS_EVENTSOURCE,
        Transport.SOCKJS_WEBSOCKET
    };

    /** Why it is not for SockJS, which carries whole characters of text, and has no halves to close; empty: it is. */
    String notForSockJs() default "";

    /** Whether a peer of it has to be able not to read; one that polls reads always. */
    boolean reading() default false;

    /** How the server has to be set up. */
    Setup setup() default Setup.PLAIN;

    /** Whether it needs to see the server from within, or to know its settings: not applicable to another server. */
    boolean inside() default false;
}
