/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.client.ConnectFailedException;
import io.hoofbeat.client.ConnectionEndedException;
import io.hoofbeat.client.NoAnswerException;
import io.hoofbeat.client.ServerErrorException;
import io.hoofbeat.client.StompException;
import io.hoofbeat.server.config.ConfigurationException;
import io.hoofbeat.server.config.Nearest;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command. */
@Command(
        name = "hoofbeat",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        description = "A STOMP server, and a client for any STOMP server.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nTo begin with, each in a terminal of its own:%n",
        footer = {
            "  hoofbeat up",
            "  hoofbeat sub /topic/hello",
            "  hoofbeat pub /topic/hello 'Hello, world'",
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 no connection,",
            "4 refused by the server, 5 time over, 6 connection lost.",
            "",
            "Environment: HOOFBEAT_URL, HOOFBEAT_LOGIN, HOOFBEAT_PASSCODE, HOOFBEAT_CONFIG, NO_COLOR;",
            "`hoofbeat config env` lists those of the configuration."
        })
final class Hoofbeat implements Runnable {
    private static final Set<String> CONFIGURABLE = Set.of("up", "config");

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show where an error came from.")
    private boolean debug;

    @Spec
    private @org.jspecify.annotations.Nullable CommandSpec spec;

    private final Shell shell;

    /** Whether somebody said who he is: then he need not be told how. */
    private boolean loggedIn;

    private Hoofbeat(Shell shell) {
        this.shell = shell;
    }

    public static void main(String[] args) {
        Shell shell = Shell.ofProcess();
        int code = run(shell, args);
        shell.flush();
        System.exit(code);
    }

    /** Runs one command line to its end. */
    static int run(Shell shell, String... args) {
        String word = Arrays.stream(args)
                .filter(arg -> !arg.startsWith("-"))
                .findFirst()
                .orElse("");
        CommandLine line = commandLine(shell, CONFIGURABLE.contains(word));
        line.<Hoofbeat>getCommand().loggedIn = shell.environment().containsKey("HOOFBEAT_LOGIN")
                || Arrays.stream(args).anyMatch(arg -> arg.startsWith("--login"));
        return line.execute(args);
    }

    /**
     * All commands.
     *
     * @param flags whether with a flag for each option of the configuration: they are many, and made for those who use them only
     */
    static CommandLine commandLine(Shell shell, boolean flags) {
        Hoofbeat hoofbeat = new Hoofbeat(shell);
        CommandLine line = new CommandLine(hoofbeat)
                .addSubcommand(Up.commandLine(shell, flags))
                .addSubcommand(new Sub(shell))
                .addSubcommand(new Pub(shell))
                .addSubcommand(new Req(shell))
                .addSubcommand(new UserCommand(shell))
                .addSubcommand(new AclCommand(shell))
                .addSubcommand(ConfigCommand.commandLine(shell, flags))
                .addSubcommand(new CompletionCommand(shell))
                .setOut(new PrintWriter(shell.out(), true, UTF_8))
                .setErr(new PrintWriter(shell.err(), true, UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(shell.isColoured() ? Ansi.ON : Ansi.OFF))
                .setUsageHelpWidth(100)
                .setAbbreviatedSubcommandsAllowed(false)
                .setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((wrong, args) -> hoofbeat.wrongUsage(wrong));
        line.setExecutionExceptionHandler((failure, command, parsed) -> hoofbeat.failed(failure));
        return line;
    }

    /** Without a command there is the help. */
    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }

    private int wrongUsage(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        shell.err().println(error(String.valueOf(wrong.getMessage())));
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            near(unmatched).ifPresent(word -> shell.note("Did you mean " + word + "?"));
        }
        shell.note("`" + command.getCommandSpec().qualifiedName().replaceFirst("hoofbeat", shell.command())
                + " --help` tells more.");
        return ExitCode.USAGE;
    }

    /** The command or the option that is nearest to what nobody knows. */
    private static Optional<String> near(UnmatchedArgumentException wrong) {
        String word = wrong.getUnmatched().get(0).replaceFirst("=.*", "");
        CommandSpec spec = wrong.getCommandLine().getCommandSpec();
        return Nearest.to(
                word,
                word.startsWith("-")
                        ? spec.optionsMap().keySet()
                        : spec.subcommands().keySet());
    }

    private int failed(Exception thrown) {
        Throwable failure = thrown;
        while ((failure instanceof CompletionException || failure instanceof ExecutionException)
                && failure.getCause() != null) {
            failure = failure.getCause();
        }
        if (debug) {
            failure.printStackTrace(shell.err());
        }
        if (failure instanceof ConfigurationException wrong) {
            wrong.problems().forEach(problem -> shell.note(error(problem)));
            return ExitCode.USAGE;
        }
        shell.note(error(text(failure)));
        return exitCode(failure);
    }

    private String text(Throwable failure) {
        if (failure instanceof StompException problem) {
            return problem.text() + advice(problem);
        } else if (failure instanceof Failure || failure instanceof IllegalArgumentException) {
            return String.valueOf(failure.getMessage());
        }
        return "unexpected: " + failure + (debug ? "" : " (--debug shows where it came from)");
    }

    private String advice(StompException problem) {
        String text = problem.text();
        if (text.contains("nobody listens")) {
            return "; `" + shell.command() + " up` starts a server, --url names another";
        } else if (text.toLowerCase(Locale.ROOT).contains("virtual host")) {
            return "; --host NAME says which virtual host is meant, / is the default of many";
        } else if (problem instanceof ConnectFailedException refusal && refusal.isRefused()) {
            return loggedIn ? "" : "; --login and --passcode say who you are";
        } else if (text.contains("trust")) {
            return "; --ca FILE names whom to trust";
        } else if (text.startsWith("no receipt")) {
            return "; with a server that gives none, --no-receipt does not wait for it";
        }
        return "";
    }

    private static int exitCode(Throwable failure) {
        if (failure instanceof Failure known) {
            return known.exitCode();
        } else if (failure instanceof ConnectFailedException refusal) {
            return refusal.isRefused() ? ExitCode.REFUSED : ExitCode.UNREACHABLE;
        } else if (failure instanceof ServerErrorException || failure.getCause() instanceof ServerErrorException) {
            return ExitCode.REFUSED;
        } else if (failure instanceof ConnectionEndedException) {
            return ExitCode.LOST;
        } else if (failure instanceof NoAnswerException) {
            return ExitCode.TIMEOUT;
        } else if (failure instanceof IllegalArgumentException) {
            return ExitCode.USAGE;
        }
        return ExitCode.FAILED;
    }

    private String error(String text) {
        return shell.styled("31", "error:") + " " + text;
    }
}
