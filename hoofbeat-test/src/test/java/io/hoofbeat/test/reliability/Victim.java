/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.reliability;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.hoofbeat.broker.BrokerListener;
import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.broker.ConnectionInfo;
import io.hoofbeat.server.LoggingListener;
import io.hoofbeat.server.StompServer;
import io.netty.util.internal.PlatformDependent;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The server under attack, a process of its own. It writes its ports to the standard output; to each line that comes by the
 * standard input it answers with what it takes after a garbage collection; and it ends with its standard input.
 */
final class Victim {

    private static final AtomicInteger LOCKED_OUT = new AtomicInteger();

    private Victim() {}

    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        System.setOut(System.err); // for the log
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.INFO);
        BrokerOptions options = Setup.valueOf(arguments[0])
                .apply(BrokerOptions.builder())
                .listener(new LoggingListener())
                .listener(new BrokerListener() {
                    @Override
                    public void connectRefused(ConnectionInfo connection, @Nullable String login, String why) {
                        if (why.contains("too many failed logins")) {
                            LOCKED_OUT.incrementAndGet();
                        }
                    }
                })
                .build();
        try (StompServer server = StompServer.builder()
                        .broker(options)
                        .tcp(0)
                        .webSocket(0, "/stomp")
                        .start();
                BufferedReader questions =
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            answers.println(server.port("tcp") + " " + server.port("ws"));
            while (questions.readLine() != null) {
                answers.println(figures(server));
            }
        }
    }

    private static String figures(StompServer server) {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
                + " " + PlatformDependent.usedDirectMemory()
                + " " + ManagementFactory.getThreadMXBean().getThreadCount()
                + " " + server.broker().sessionCount()
                + " " + LOCKED_OUT.get();
    }
}
