/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** One line on the terminal that tells what is going on; nothing at all where stderr is no terminal. Used by the loop's thread. */
final class Progress {
    private static final long EVERY_NANOS = 250_000_000;
    private static final String CLEAR_LINE = "\r\033[K";

    private final PrintStream err;
    private final boolean terminal;
    private Supplier<String> text = () -> "";
    private long next = System.nanoTime();

    Progress(PrintStream err) {
        this.err = err;
        this.terminal = isTerminal();
    }

    private static boolean isTerminal() {
        try {
            String name = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return name.startsWith("/dev/pts/") || name.startsWith("/dev/tty");
        } catch (IOException e) {
            return false;
        }
    }

    /** What the line shows from now on. */
    void show(Supplier<String> now) {
        text = now;
    }

    void tick(long nowNanos) {
        if (terminal && nowNanos - next >= 0) {
            next = nowNanos + EVERY_NANOS;
            err.print(CLEAR_LINE + text.get());
            err.flush();
        }
    }

    /** A line that stays. */
    void note(String line) {
        err.println(terminal ? CLEAR_LINE + line : line);
    }

    void clear() {
        if (terminal) {
            err.print(CLEAR_LINE);
            err.flush();
        }
    }
}
