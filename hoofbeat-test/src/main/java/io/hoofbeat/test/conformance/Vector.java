/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of the codec's vectors, as far as it matters over the wire.
 *
 * @param versions the versions it is for; "new": before CONNECT
 * @param error the kind of the error it ends in, empty if none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Vector(String name, String role, List<String> versions, byte[] input, String error) {
    private static final List<Vector> ALL = load();

    /** Kinds that depend on the limits, which are smaller in the vectors than in a server. */
    private static final List<String> LIMITS = List.of(
            "command-too-long", "too-many-headers", "header-line-too-long", "headers-too-large", "body-too-large");

    /** Those for servers in that version that end in an error which no setting changes. In 1.0 those before CONNECT, too. */
    static List<Vector> fatalOnes(String version) {
        return ALL.stream()
                .filter(vector -> vector.role.equals("server"))
                .filter(vector -> vector.versions.contains(version) || (version.equals("1.0") && vector.isNew()))
                .filter(vector -> !vector.error.isEmpty() && !LIMITS.contains(vector.error))
                .toList();
    }

    boolean isNew() {
        return versions.contains("new");
    }

    private static List<Vector> load() {
        try (InputStream in = Vector.class.getResourceAsStream("/io/hoofbeat/protocol/vectors.jsonl")) {
            if (in == null) {
                throw new IllegalStateException("vectors.jsonl is missing");
            }
            return new BufferedReader(new InputStreamReader(in, UTF_8))
                    .lines()
                    .skip(1)
                    .map(Vector::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Vector parse(String line) {
        return new Vector(
                find(line, "\"name\": \"([^\"]*)\""),
                find(line, "\"role\": \"([^\"]*)\""),
                List.of(find(line, "\"versions\": \\[([^]]*)]")
                        .replace("\"", "")
                        .split(", *")),
                Base64.getDecoder().decode(find(line, "\"input\": \"([^\"]*)\"")),
                find(line, "\"error\": \"([^\"]*)\""));
    }

    private static String find(String line, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(line);
        return matcher.find() ? matcher.group(1) : "";
    }
}
