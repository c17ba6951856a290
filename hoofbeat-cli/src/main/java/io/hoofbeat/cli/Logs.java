/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/** Logging of a server that was started by the command: to the screen, above its status. A logback.xml of the user's comes first. */
final class Logs {

    private Logs() {}

    static void start(Screen screen, boolean quiet) {
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)
                || System.getProperty("logback.configurationFile") != null) {
            return;
        }
        context.reset();
        PatternLayout layout = new PatternLayout();
        layout.setContext(context);
        layout.setPattern("%d{HH:mm:ss.SSS} %-5level %msg%n%ex");
        layout.start();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                screen.line(layout.doLayout(event).stripTrailing());
            }
        };
        appender.setContext(context);
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        // The banner says where the server listens and when it stops.
        context.getLogger("io.hoofbeat").setLevel(quiet ? Level.WARN : Level.INFO);
        context.getLogger("io.hoofbeat.server.StompServer").setLevel(Level.WARN);
    }
}
