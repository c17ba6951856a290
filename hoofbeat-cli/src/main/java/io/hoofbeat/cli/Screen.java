/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

/**
 * The lines of a running server. On a terminal the last line is a status that is written again and again; what else is written
 * goes above it. Elsewhere there are only lines. Thread-safe.
 */
final class Screen {
    private static final String ERASE_LINE = "\r\u001b[K";

    private final Shell shell;
    private String status = "";
    private boolean ended;

    Screen(Shell shell) {
        this.shell = shell;
    }

    /** Whether there is anybody to see a status. */
    boolean isLive() {
        return shell.isOutputTerminal() && !"dumb".equals(shell.environment().get("TERM"));
    }

    synchronized void line(String text) {
        if (status.isEmpty()) {
            shell.out().print(text + "\n");
        } else {
            shell.out().print(ERASE_LINE + text + "\n" + status);
        }
        shell.out().flush();
    }

    synchronized void status(String text) {
        if (isLive() && !ended && !text.equals(status)) {
            status = text;
            shell.out().print(ERASE_LINE + text);
            shell.out().flush();
        }
    }

    /** From now on there are only lines. */
    synchronized void endStatus() {
        ended = true;
        if (!status.isEmpty()) {
            status = "";
            shell.out().print(ERASE_LINE);
            shell.out().flush();
        }
    }
}
