/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import io.hoofbeat.client.ClientOptions;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.server.config.Type;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server, and who we are: the same for all commands that are clients. */
final class ConnectionOptions {
    private static final String STANDARD_URL = "tcp://127.0.0.1:61613";

    /** Stands for --passcode without a value. */
    private static final String ASK = "\0";

    @Option(
            names = {"-u", "--url"},
            paramLabel = "URL",
            description = "tcp://, tls://, ws:// or wss://; by default HOOFBEAT_URL, else " + STANDARD_URL + ".")
    private @Nullable String url;

    @Option(names = "--login", paramLabel = "NAME", description = "Who you are; by default HOOFBEAT_LOGIN.")
    private @Nullable String login;

    @Option(
            names = "--passcode",
            paramLabel = "SECRET",
            arity = "0..1",
            fallbackValue = ASK,
            description = {
                "The proof of it; without a value it is asked for. By default HOOFBEAT_PASSCODE.",
                "Mind: others on this machine can see the values of a command line."
            })
    private @Nullable String passcode;

    @Option(names = "--host", paramLabel = "NAME", description = "The virtual host; by default that of the URL.")
    private @Nullable String host;

    @Option(names = "--ca", paramLabel = "FILE", description = "TLS: PEM certificates of those whom to trust.")
    private @Nullable Path authorities;

    @Option(names = "--insecure", description = "TLS: trust everybody; anybody in between can read along.")
    private boolean insecure;

    @Option(names = "--cert", paramLabel = "FILE", description = "TLS: our own certificate, in PEM; with --key.")
    private @Nullable Path certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "TLS: the private key of --cert, in PEM.")
    private @Nullable Path key;

    @Option(
            names = "--connect-timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "How long connecting may take; by default ${DEFAULT-VALUE}.")
    private String connectTimeout = "10s";

    /** Where it goes, for people. */
    String target(Shell shell) {
        return url != null ? url : shell.environment().getOrDefault("HOOFBEAT_URL", STANDARD_URL);
    }

    /**
     * Everything that was said; asks for the passcode if it has to, so that this comes before a body is read from the standard
     * input.
     *
     * @throws IllegalArgumentException if an option is wrong
     */
    ClientOptions options(Shell shell) {
        // Netty would start Logback, which takes longer than the whole rest; only the server needs it.
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        String name = login != null ? login : shell.environment().get("HOOFBEAT_LOGIN");
        ClientOptions.Builder builder = ClientOptions.builder(target(shell))
                .connectTimeout(Type.duration(connectTimeout))
                .login(name)
                .passcode(passcode(shell, name))
                .onHandlerFailure((message, failure) -> shell.note("error: " + message + ": " + failure));
        if (host != null) {
            builder.host(host);
        }
        if (authorities != null) {
            builder.authorities(authorities);
        }
        if (insecure) {
            builder.trustEverybody();
        }
        if (certificate != null && key != null) {
            builder.certificate(certificate, key);
        } else if (certificate != null || key != null) {
            throw new Failure(ExitCode.USAGE, "--cert and --key go together");
        }
        return builder.build();
    }

    private @Nullable String passcode(Shell shell, @Nullable String name) {
        if (passcode == null) {
            String known = shell.environment().get("HOOFBEAT_PASSCODE");
            boolean ask = known == null && name != null && shell.isInputTerminal();
            return ask ? shell.secret("passcode of " + name) : known;
        }
        if (passcode.equals(ASK)) {
            return shell.secret("passcode");
        }
        shell.note("warning: others on this machine can see a passcode on the command line;"
                + " HOOFBEAT_PASSCODE, or --passcode without a value, keep it to yourself");
        return passcode;
    }

    /** Headers as on the command line: {@code name:value}; one blank behind the colon is not part of the value. */
    static Headers headers(Iterable<String> lines) {
        Headers.Builder headers = Headers.builder();
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new Failure(ExitCode.USAGE, "a header is written name:value, not \"" + line + "\"");
            }
            String value = line.substring(colon + 1);
            headers.add(line.substring(0, colon), value.startsWith(" ") ? value.substring(1) : value);
        }
        return headers.build();
    }

    /** A time as on the command line; null stays null. */
    static @Nullable Duration time(@Nullable String text) {
        return text == null ? null : Type.duration(text);
    }
}
