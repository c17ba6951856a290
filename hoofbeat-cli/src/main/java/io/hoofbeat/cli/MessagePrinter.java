/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.cli.OutputOptions.Format;
import io.hoofbeat.client.ReceivedMessage;
import io.hoofbeat.protocol.Headers;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes messages to the standard output, each whole and at once. Used by one thread at a time. */
final class MessagePrinter {
    private static final JsonFactory JSON = new JsonFactory();

    private final Shell shell;
    private final Format format;
    private final boolean headers;

    MessagePrinter(Shell shell, Format format, boolean headers) {
        this.shell = shell;
        this.format = format;
        this.headers = headers;
    }

    /** Writes one; false if nobody reads it any more. */
    boolean print(ReceivedMessage message) {
        switch (format) {
            case TEXT -> text(message);
            case JSON -> shell.out().print(json(message) + "\n");
        }
        return !shell.out().checkError();
    }

    private void text(ReceivedMessage message) {
        if (headers) {
            Headers all = message.headers();
            for (int i = 0; i < all.size(); i++) {
                shell.out().print(shell.styled("36", visible(all.name(i))) + ": " + visible(all.value(i)) + "\n");
            }
            shell.out().print("\n");
        }
        byte[] body = message.body();
        if (shell.isOutputTerminal()) {
            shell.out().print(harmless(message.text()));
        } else {
            shell.out().write(body, 0, body.length);
        }
        if (body.length == 0 || body[body.length - 1] != '\n') {
            shell.out().print("\n");
        }
    }

    /** A terminal does what control characters say; a message must not. */
    private static String harmless(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.chars().forEach(c -> {
            if (Character.isISOControl(c) && c != '\n' && c != '\t') {
                shown.append("\\x%02x".formatted(c));
            } else {
                shown.append((char) c);
            }
        });
        return shown.toString();
    }

    /** In one line. */
    private static String visible(String text) {
        return harmless(text.replace("\n", "\\n").replace("\t", "\\t"));
    }

    static String json(ReceivedMessage message) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), line)) {
            json.writeStartObject();
            json.writeStringProperty("destination", message.destination());
            json.writeName("headers");
            json.writeStartObject();
            Headers all = message.headers();
            Set<String> seen = new LinkedHashSet<>();
            for (int i = 0; i < all.size(); i++) {
                // Of a repeated name the first counts.
                if (seen.add(all.name(i))) {
                    json.writeStringProperty(all.name(i), all.value(i));
                }
            }
            json.writeEndObject();
            String text = text(message.body());
            if (text != null) {
                json.writeStringProperty("body", text);
            } else {
                json.writeStringProperty("bodyBase64", Base64.getEncoder().encodeToString(message.body()));
            }
            json.writeEndObject();
        }
        return line.toString();
    }

    private static @Nullable String text(byte[] body) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
