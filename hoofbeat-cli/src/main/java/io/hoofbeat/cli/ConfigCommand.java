/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import io.hoofbeat.server.config.Configuration;
import io.hoofbeat.server.config.Reference;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** What can be configured, and what is. */
@Command(name = "config", mixinStandardHelpOptions = true, description = "Checks and explains the configuration.")
final class ConfigCommand {

    private ConfigCommand() {}

    static CommandLine commandLine(Shell shell, boolean flags) {
        CommandLine config = new CommandLine(new ConfigCommand());
        add(
                config,
                "check",
                "Checks the configuration without starting anything; code 2 if it is wrong.",
                options -> {
                    Configuration configuration = options.read(shell);
                    return configuration
                                    .file()
                                    .map(file -> file + " is fine")
                                    .orElse("there is no file: the defaults hold")
                            + "\n";
                },
                shell,
                flags);
        add(
                config,
                "print",
                "Shows what holds and who said so; secrets are masked.",
                options -> Reference.effective(options.read(shell)),
                shell,
                flags);
        add(config, "env", "Lists the variables of the environment.", options -> Reference.environment(), shell, flags);
        add(config, "doc", "Writes docs/CONFIGURATION.md.", options -> Reference.markdown(), shell, flags);
        return config;
    }

    private static void add(
            CommandLine config,
            String name,
            String description,
            Function<ConfigurationOptions, String> text,
            Shell shell,
            boolean flags) {
        ConfigurationOptions options = new ConfigurationOptions();
        Runnable command = () -> shell.out().print(text.apply(options));
        CommandSpec spec = CommandSpec.wrapWithoutInspection(command).name(name).mixinStandardHelpOptions(true);
        spec.usageMessage().description(description);
        options.addTo(spec, flags);
        config.addSubcommand(name, new CommandLine(spec));
    }
}
