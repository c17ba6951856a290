/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import io.hoofbeat.server.config.Configuration;
import io.hoofbeat.server.config.ConfigurationReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Where a configuration comes from: a file, the environment, and a flag for each option that there is. The flags are made from
 * the model; they are too many for the help, where a line tells of them.
 */
final class ConfigurationOptions {

    /** Taken if nobody names another. */
    private static final Path STANDARD = Path.of("hoofbeat.yml");

    private @Nullable Path file;
    private final Map<String, String> flags = new LinkedHashMap<>();

    /** Of a command that has no flags for it. Null for the file that is taken anyway. */
    static ConfigurationOptions of(@Nullable Path file) {
        ConfigurationOptions options = new ConfigurationOptions();
        options.file = file;
        return options;
    }

    /** Adds the options to a command, and, if they are wanted, the flags. */
    void addTo(CommandSpec command, boolean withFlags) {
        command.addOption(OptionSpec.builder("-c", "--config")
                .paramLabel("FILE")
                .type(Path.class)
                .description("The configuration; by default HOOFBEAT_CONFIG, else ./hoofbeat.yml if it is there.")
                .setter(setter(value -> file = (Path) value))
                .build());
        for (String path : withFlags ? names() : List.<String>of()) {
            command.addOption(OptionSpec.builder("--" + path)
                    .paramLabel("VALUE")
                    .type(String.class)
                    .hidden(true)
                    .setter(setter(value -> flags.put(path, (String) value)))
                    .build());
        }
        command.usageMessage()
                .footer(
                        "",
                        "Every option of the configuration is a flag as well: --listeners.tcp.port=61614.",
                        "`hoofbeat config doc` lists them.");
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>();
        ConfigurationReader.options().forEach(option -> names.add(option.path()));
        names.addAll(ConfigurationReader.lists());
        return names;
    }

    /** picocli sets the default, null, as well. */
    private static ISetter setter(java.util.function.Consumer<Object> consumer) {
        return new ISetter() {
            @Override
            @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"})
            public <T> T set(T value) {
                if (value != null) {
                    consumer.accept(value);
                }
                return null;
            }
        };
    }

    /**
     * Reads it.
     *
     * @throws io.hoofbeat.server.config.ConfigurationException if anything is wrong
     */
    Configuration read(Shell shell) {
        return Configuration.reader()
                .file(file(shell))
                .environment(shell.environment())
                .flags(flags)
                .read();
    }

    private @Nullable Path file(Shell shell) {
        String named = shell.environment().get("HOOFBEAT_CONFIG");
        if (file != null) {
            return file;
        } else if (named != null && !named.isEmpty()) {
            return Path.of(named);
        }
        return Files.exists(STANDARD) ? STANDARD : null;
    }
}
