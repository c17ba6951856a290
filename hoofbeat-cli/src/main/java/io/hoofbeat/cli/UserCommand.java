/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import io.hoofbeat.broker.security.PasswordHash;
import io.hoofbeat.broker.security.User;
import io.hoofbeat.broker.security.UserFile;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** For whoever keeps the file of users. */
@Command(name = "user", mixinStandardHelpOptions = true, description = "Makes users for the configuration.")
final class UserCommand {
    private final Shell shell;

    UserCommand(Shell shell) {
        this.shell = shell;
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = {
                "Asks for a passcode, or reads a line of the standard input, and shows its hash.",
                "With a name: a whole line for the users-file."
            })
    int hash(
            @Parameters(arity = "0..1", paramLabel = "NAME", description = "The user's name.") @Nullable String name,
            @Option(names = "--roles", split = ",", paramLabel = "ROLE", description = "The user's roles.") @Nullable Set<String> roles) {
        String passcode = shell.secret("passcode");
        if (passcode.isEmpty()) {
            throw new Failure(ExitCode.USAGE, "an empty passcode keeps nobody out");
        }
        if (shell.isInputTerminal() && !passcode.equals(shell.secret("again"))) {
            throw new Failure(ExitCode.USAGE, "the two are not the same");
        }
        PasswordHash hash = PasswordHash.of(passcode);
        Set<String> given = roles == null ? Set.of() : new TreeSet<>(roles);
        shell.out().print((name == null ? hash.text() : UserFile.line(new User(name, hash, given))) + "\n");
        return ExitCode.DONE;
    }
}
