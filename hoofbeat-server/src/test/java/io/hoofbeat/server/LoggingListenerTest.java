/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hoofbeat.broker.ConnectionInfo;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** How much strangers can make the server log. */
class LoggingListenerTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.hoofbeat.broker");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private long nowNanos = 1_000;
    private final LoggingListener listener = new LoggingListener(() -> nowNanos);

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setAdditive(false);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
    }

    private void refuse(String address, String why) {
        listener.connectRefused(new ConnectionInfo("tcp", address, 1, null, null, 0), "ada", why);
    }

    private List<String> said() {
        List<String> said =
                lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
        lines.list.clear();
        return said;
    }

    @Test
    void refusalsAreLoggedOnceAMinuteForAddressAndReasonAndCountedThen() {
        for (int i = 0; i < 10_000; i++) {
            refuse("10.0.0.1", "wrong passcode: user-" + i);
        }
        refuse("10.0.0.1", "too many sessions");
        refuse("10.0.0.2", "wrong passcode");
        assertThat(said())
                .containsExactly(
                        "connect refused: login ada from 10.0.0.1 by tcp: wrong passcode: user-0",
                        "connect refused: login ada from 10.0.0.1 by tcp: too many sessions (and 9999 more that were not"
                                + " logged)",
                        "connect refused: login ada from 10.0.0.2 by tcp: wrong passcode");
        refuse("10.0.0.1", "wrong passcode");
        nowNanos += TimeUnit.MINUTES.toNanos(1);
        refuse("10.0.0.1", "wrong passcode");
        assertThat(said())
                .containsExactly("connect refused: login ada from 10.0.0.1 by tcp: wrong passcode (and 1 more that were"
                        + " not logged)");
    }

    @Test
    void manyAddressesDoNotMakeManyLinesEither() {
        for (int i = 0; i < 5_000; i++) {
            refuse("10.0." + i / 250 + "." + i % 250, "wrong passcode");
        }
        assertThat(said()).hasSize(1_000);
        nowNanos += TimeUnit.MINUTES.toNanos(1);
        refuse("10.0.0.1", "wrong passcode");
        assertThat(said()).hasSize(1).allMatch(line -> line.endsWith("(and 4000 more that were not logged)"));
    }
}
