/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import io.hoofbeat.broker.Authorizer.Operation;
import io.hoofbeat.broker.Identity;
import io.hoofbeat.broker.security.AccessRule;
import io.hoofbeat.broker.security.AccessRules;
import io.hoofbeat.server.config.Configuration;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Why may he, or may he not? */
@Command(name = "acl", mixinStandardHelpOptions = true, description = "Explains the access rules.")
final class AclCommand {
    private final Shell shell;

    AclCommand(Shell shell) {
        this.shell = shell;
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = {
                "Tells whether a user may send or subscribe there, and which rule says so.",
                "Code 4: he may not."
            })
    int check(
            @Parameters(paramLabel = "USER", description = "A user's name, or anonymous.") String user,
            @Parameters(paramLabel = "OPERATION", description = "send or subscribe.") Operation operation,
            @Parameters(paramLabel = "DESTINATION", description = "A destination, or a pattern.") String destination,
            @Option(
                            names = {"-c", "--config"},
                            paramLabel = "FILE",
                            description = "The configuration; as for `hoofbeat up`.")
                    @Nullable Path file) {
        Configuration configuration = ConfigurationOptions.of(file).read(shell);
        Identity who = identity(configuration, user);
        Optional<AccessRules> rules = configuration.rules();
        if (rules.isEmpty()) {
            return answer(true, "there are no rules: everybody may do everything");
        }
        Optional<AccessRule> rule = rules.get().ruleFor(who, operation, destination);
        if (rule.isEmpty()) {
            return answer(false, "no rule speaks of it");
        }
        int number = rules.get().rules().indexOf(rule.get()) + 1;
        return answer(rule.get().allow(), "rule " + number + " says so: " + text(rule.get()));
    }

    private Identity identity(Configuration configuration, String user) {
        if (user.equals(Identity.ANONYMOUS.name())) {
            return Identity.ANONYMOUS;
        }
        return configuration.user(user).orElseGet(() -> {
            shell.note("there is no user " + user + " in the configuration: taken for one without roles");
            return new Identity(user, Set.of());
        });
    }

    private int answer(boolean allowed, String why) {
        shell.out().print((allowed ? "allowed: " : "denied: ") + why + "\n");
        return allowed ? ExitCode.DONE : ExitCode.REFUSED;
    }

    private static String text(AccessRule rule) {
        StringBuilder text = new StringBuilder(rule.allow() ? "allow " : "deny ");
        text.append(rule.operations().stream()
                .map(operation -> operation.name().toLowerCase(java.util.Locale.ROOT))
                .sorted()
                .toList());
        if (!rule.users().isEmpty()) {
            text.append(" users ").append(rule.users().stream().sorted().toList());
        }
        if (!rule.roles().isEmpty()) {
            text.append(" roles ").append(rule.roles().stream().sorted().toList());
        }
        return text.append(" destinations ").append(rule.destinations()).toString();
    }
}
