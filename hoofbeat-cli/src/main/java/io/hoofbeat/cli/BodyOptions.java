/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.protocol.Headers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a body comes from: an argument, a file, or the standard input. */
final class BodyOptions {

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "The body is what is in this file, octet by octet.")
    private @Nullable Path file;

    @Option(
            names = "--content-type",
            paramLabel = "TYPE",
            description = "What it is; text/plain by default, and nothing for a file.")
    private @Nullable String type;

    byte[] read(Shell shell, @Nullable String argument) {
        if (file != null) {
            if (argument != null) {
                throw new Failure(ExitCode.USAGE, "give a body or --file, not both");
            }
            return fromFile(file);
        }
        if (argument != null && !argument.equals("-")) {
            return argument.getBytes(UTF_8);
        }
        if (argument == null && shell.isInputTerminal()) {
            throw new Failure(
                    ExitCode.USAGE, "what shall be sent? Give a body, --file FILE, or - to type it (Ctrl-D ends it)");
        }
        try {
            return shell.in().readAllBytes();
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot read the standard input: " + e.getMessage());
        }
    }

    private static byte[] fromFile(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new Failure(ExitCode.FAILED, "there is no file " + file);
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot read " + file + ": " + e.getMessage());
        }
    }

    /** The headers, with a content-type if they have none. */
    Headers withType(Headers headers) {
        String shown = type != null ? type : file == null ? "text/plain" : null;
        if (shown == null || headers.contains("content-type")) {
            return headers;
        }
        return Headers.builder().addAll(headers).add("content-type", shown).build();
    }
}
