/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import java.text.MessageFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What our server logs meanwhile, at every level; SLF4J has to be bound to java.util.logging for it. */
final class Logs extends Handler implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger("io.hoofbeat");

    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    private Logs() {}

    static Logs watch() {
        Logs logs = new Logs();
        logs.setLevel(Level.ALL);
        LOGGER.setLevel(Level.ALL);
        LOGGER.addHandler(logs);
        return logs;
    }

    @Override
    public void publish(LogRecord entry) {
        records.add(entry);
    }

    List<String> lines() {
        return lines(Level.ALL);
    }

    /** Those of that level and above. */
    List<String> lines(Level level) {
        return records.stream()
                .filter(entry -> entry.getLevel().intValue() >= level.intValue())
                .map(Logs::text)
                .toList();
    }

    private static String text(LogRecord entry) {
        String text = entry.getParameters() == null
                ? entry.getMessage()
                : MessageFormat.format(entry.getMessage(), entry.getParameters());
        return text + (entry.getThrown() == null ? "" : " " + entry.getThrown());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        LOGGER.removeHandler(this);
    }
}
