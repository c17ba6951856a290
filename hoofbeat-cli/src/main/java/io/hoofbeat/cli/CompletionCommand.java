/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** What makes the shell complete our words. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Writes a script for bash or zsh: source <(hoofbeat completion)")
final class CompletionCommand implements Runnable {
    private final Shell shell;

    CompletionCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void run() {
        shell.out().print(AutoComplete.bash("hoofbeat", Hoofbeat.commandLine(shell, true)));
        shell.out().print("\n");
    }
}
