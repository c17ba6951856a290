/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;

/** Something that is served as it is, with a tag by which browsers ask whether it still is the same. Immutable. */
final class Resource {
    private static final Duration YEAR = Duration.ofDays(365);
    private static final String UNKNOWN_TYPE = "application/octet-stream";

    /** By the end of the name. */
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=UTF-8"),
            Map.entry("css", "text/css; charset=UTF-8"),
            Map.entry("js", "text/javascript; charset=UTF-8"),
            Map.entry("mjs", "text/javascript; charset=UTF-8"),
            Map.entry("json", "application/json; charset=UTF-8"),
            Map.entry("map", "application/json; charset=UTF-8"),
            Map.entry("webmanifest", "application/manifest+json"),
            Map.entry("txt", "text/plain; charset=UTF-8"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("webp", "image/webp"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("woff2", "font/woff2"));

    private final String contentType;
    private final byte[] octets;
    private final String tag;

    private Resource(String contentType, byte[] octets, String tag) {
        this.contentType = contentType;
        this.octets = octets;
        this.tag = tag;
    }

    /** The octets are not changed afterwards. */
    static Resource of(String name, byte[] octets) {
        String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), UNKNOWN_TYPE);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(octets);
            String tag = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(digest)
                    .substring(0, 22);
            return new Resource(type, octets, '"' + tag + '"');
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    int length() {
        return octets.length;
    }

    /** Itself, or that it is still the same. The caller adds how long it may be kept. */
    Answer answerTo(HttpExchange exchange) {
        String known = exchange.header(HttpHeaderNames.IF_NONE_MATCH);
        if (known != null && (known.contains(tag) || known.strip().equals("*"))) {
            return Answer.of(HttpResponseStatus.NOT_MODIFIED).noBody().with("ETag", tag);
        }
        return Answer.of(HttpResponseStatus.OK).with("ETag", tag).body(contentType, octets);
    }

    /** For what may be kept that long, as HTTP writes dates. */
    static String inOneYear() {
        return Answer.date(Instant.now().plus(YEAR));
    }
}
