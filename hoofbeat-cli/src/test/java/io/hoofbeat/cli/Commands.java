/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Runs command lines in this process, and keeps what they wrote. */
final class Commands {
    private Commands() {}

    /** One command line: what it writes can be looked at while it runs. */
    static final class Run {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final ByteArrayOutputStream err = new ByteArrayOutputStream();
        private final CompletableFuture<Integer> code = new CompletableFuture<>();
        private final Thread thread;

        private Run(InputStream in, Map<String, String> environment, String terminals, String... args) {
            Shell shell = new Shell(
                    in,
                    new PrintStream(out, true, UTF_8),
                    new PrintStream(err, true, UTF_8),
                    environment,
                    terminals,
                    "hoofbeat");
            thread = new Thread(() -> code.complete(Hoofbeat.run(shell, args)), "command");
            thread.start();
        }

        String out() {
            return out.toString(UTF_8);
        }

        /** What it wrote until its end, if that was a good one. */
        String out(boolean whole) {
            if (whole && code() != 0) {
                throw new AssertionError(err());
            }
            return out();
        }

        byte[] octets() {
            return out.toByteArray();
        }

        String err() {
            return err.toString(UTF_8);
        }

        /** Waits for the end. */
        int code() {
            return code.orTimeout(60, java.util.concurrent.TimeUnit.SECONDS).join();
        }

        boolean isRunning() {
            return !code.isDone();
        }

        void interrupt() {
            thread.interrupt();
        }
    }

    static Run start(String... args) {
        return new Run(InputStream.nullInputStream(), Map.of(), "", args);
    }

    static Run start(Map<String, String> environment, String... args) {
        return new Run(InputStream.nullInputStream(), environment, "", args);
    }

    /** On a terminal that can do colours. */
    static Run startOnTerminal(Map<String, String> environment, String... args) {
        return new Run(InputStream.nullInputStream(), environment, "12", args);
    }

    static Run startWithInput(String input, String... args) {
        return startWithInput(input.getBytes(UTF_8), args);
    }

    static Run startWithInput(byte[] input, String... args) {
        return new Run(new ByteArrayInputStream(input), Map.of(), "", args);
    }
}
