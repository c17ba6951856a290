/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * What a command runs in: streams, environment, and whether a person sits in front of them. UTF-8 whatever the locale says.
 *
 * @param terminals the numbers of those of the three streams that are terminals: "012", "2", ""
 * @param command how the command was called, for the lines that we tell people to type
 */
record Shell(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        String terminals,
        String command) {

    /** Set by the launcher, which can tell better than Java whether a stream is a terminal. */
    private static final String TERMINALS = "hoofbeat.terminals";

    private static final String COMMAND = "hoofbeat.command";

    static Shell ofProcess() {
        return new Shell(
                System.in,
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                System.getenv(),
                System.getProperty(TERMINALS, ""),
                System.getProperty(COMMAND, "hoofbeat"));
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new BufferedOutputStream(new FileOutputStream(descriptor), 8_192), false, UTF_8);
    }

    boolean isInputTerminal() {
        return terminals.contains("0");
    }

    boolean isOutputTerminal() {
        return terminals.contains("1");
    }

    /** Whether there may be colours: NO_COLOR (no-color.org), a dumb terminal, and a file have none. */
    boolean isColoured() {
        return isOutputTerminal()
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !"dumb".equals(environment.get("TERM"));
    }

    /** A line for people, apart from the output. */
    void note(String line) {
        err.println(line);
        err.flush();
    }

    /**
     * Asks for something that is not to be seen, or reads a line if nobody sits there. Java's own console is of no use here: it
     * is none as soon as the output goes to a file, as that of {@code hoofbeat user hash} does.
     *
     * @throws Failure if nothing was given
     */
    String secret(String question) {
        if (!isInputTerminal()) {
            return line(question);
        }
        err.print(question + ": ");
        err.flush();
        Thread restore = new Thread(() -> echo(true));
        Runtime.getRuntime().addShutdownHook(restore);
        echo(false);
        try {
            return line(question);
        } finally {
            echo(true);
            Runtime.getRuntime().removeShutdownHook(restore);
            note("");
        }
    }

    private String line(String question) {
        // Octet by octet, so that what follows the line is left for whoever reads next.
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            int octet = in.read();
            if (octet < 0) {
                throw new Failure(ExitCode.USAGE, "there was no " + question + " on the standard input");
            }
            while (octet >= 0 && octet != '\n') {
                line.write(octet);
                octet = in.read();
            }
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot read the standard input: " + e.getMessage());
        }
        String text = line.toString(UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    /** Whether the terminal shows what is typed. Where there is no stty, it does. */
    private static void echo(boolean on) {
        try {
            new ProcessBuilder("stty", on ? "echo" : "-echo")
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    String styled(String codes, String text) {
        return isColoured() ? "\u001b[" + codes + "m" + text + "\u001b[0m" : text;
    }

    void flush() {
        out.flush();
        err.flush();
    }
}
