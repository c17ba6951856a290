/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.protocol.FrameDecoder.Side;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One line of vectors.jsonl, the first line of which explains the fields.
 *
 * @param versions null among them stands for "new"
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares vectors
record Vector(
        String id,
        String name,
        Side side,
        List<@Nullable Version> versions,
        @Nullable Version then,
        byte[] input,
        List<String> frames,
        long lineEnds,
        boolean partial,
        @Nullable String error) {

    /** Those for which the vectors were written; they have none for CONNECT. */
    static final CodecLimits LIMITS = new CodecLimits(32, 64, 1024, 8192, 4096, 32 * 1024);

    static List<Vector> all() {
        JsonMapper mapper = new JsonMapper();
        try (InputStream in = Objects.requireNonNull(Vector.class.getResourceAsStream("vectors.jsonl"))) {
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> of(mapper.readTree(line)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Vector of(JsonNode json) {
        List<@Nullable Version> versions = new ArrayList<>();
        for (JsonNode version : json.get("versions")) {
            versions.add(Version.of(version.asString()));
        }
        List<String> frames = new ArrayList<>();
        for (JsonNode frame : json.get("frames")) {
            frames.add(frame(frame));
        }
        JsonNode then = json.get("then");
        JsonNode error = json.get("error");
        return new Vector(
                json.get("id").asString(),
                json.get("name").asString(),
                json.get("role").asString().equals("server") ? Side.SERVER : Side.CLIENT,
                versions,
                then == null || then.isNull() ? null : Version.of(then.asString()),
                Base64.getDecoder().decode(json.get("input").asString()),
                frames,
                json.get("eols").asLong(),
                json.get("partial").asBoolean(),
                error.isNull() ? null : error.asString());
    }

    private static String frame(JsonNode json) {
        StringBuilder text = new StringBuilder(json.get("command").asString());
        for (JsonNode header : json.get("headers")) {
            Decoded.show(text, header.get(0).asString(), header.get(1).asString());
        }
        byte[] body = Base64.getDecoder().decode(json.get("body").asString());
        return text.append(" body ").append(HexFormat.of().formatHex(body)).toString();
    }
}
