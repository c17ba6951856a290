/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The ways in which a SockJS client gets messages by HTTP. */
enum SockJsTransport {
    XHR("xhr", "POST", "application/javascript; charset=UTF-8", false, Escape.NONE),
    XHR_STREAMING("xhr_streaming", "POST", "application/javascript; charset=UTF-8", true, Escape.NONE),
    EVENT_SOURCE("eventsource", "GET", "text/event-stream", true, Escape.PERCENT),
    HTML_FILE("htmlfile", "GET", "text/html; charset=UTF-8", true, Escape.SCRIPT),
    JSONP("jsonp", "GET", "application/javascript; charset=UTF-8", false, Escape.SCRIPT);

    /** What a frame goes through besides, since something at the other end undoes it. */
    private enum Escape {
        NONE,
        /** sockjs-client decodes what an EventSource brings as it does with URLs (SJ-ES-4). */
        PERCENT,
        /** It stands in a string of a script, perhaps within a page. */
        SCRIPT
    }

    private static final byte[] PERCENT = "%25".getBytes(US_ASCII);
    private static final byte[] LINE = "\n".getBytes(US_ASCII);
    private static final byte[] XHR_PRELUDE = ("h".repeat(2048) + "\n").getBytes(US_ASCII);
    private static final byte[] EVENT_PRELUDE = "\r\n".getBytes(US_ASCII);
    private static final byte[] EVENT_START = "data: ".getBytes(US_ASCII);
    private static final byte[] EVENT_END = "\r\n\r\n".getBytes(US_ASCII);
    private static final byte[] HTML_START = "<script>\np(\"".getBytes(US_ASCII);
    private static final byte[] HTML_END = "\");\n</script>\r\n".getBytes(US_ASCII);
    private static final byte[] CALL_END = "\");\r\n".getBytes(US_ASCII);

    /** Some browsers show nothing of a page before they have so much of it. */
    private static final int LEAST_OF_PAGE = 1025;

    private final String path;
    private final String method;
    private final String contentType;
    private final boolean isStreaming;
    private final Escape escape;

    SockJsTransport(String path, String method, String contentType, boolean isStreaming, Escape escape) {
        this.path = path;
        this.method = method;
        this.contentType = contentType;
        this.isStreaming = isStreaming;
        this.escape = escape;
    }

    /** By the last segment of a URL; null if there is none of that name. */
    static @Nullable SockJsTransport of(String path) {
        return Arrays.stream(values())
                .filter(transport -> transport.path.equals(path))
                .findFirst()
                .orElse(null);
    }

    String method() {
        return method;
    }

    String contentType() {
        return contentType;
    }

    /** Whether a response carries more than one frame. */
    boolean isStreaming() {
        return isStreaming;
    }

    /** Whether it calls a function that the request names. */
    boolean hasCallback() {
        return escape == Escape.SCRIPT;
    }

    /** Whether it came with HTTP's youth, and cannot be kept from pages of other origins. */
    boolean isLegacy() {
        return escape == Escape.SCRIPT;
    }

    /** Whether a session that was begun with one may go on with the other (SJ-URL-7). */
    boolean goesWith(SockJsTransport other) {
        return this == other || (method.equals("POST") && other.method.equals("POST"));
    }

    /** What comes before the first frame of a response. */
    void prelude(String callback, Output out) {
        switch (this) {
            case XHR_STREAMING -> out.octets(XHR_PRELUDE);
            case EVENT_SOURCE -> out.octets(EVENT_PRELUDE);
            case HTML_FILE -> out.octets(page(callback));
            default -> {
                // nothing
            }
        }
    }

    private static byte[] page(String callback) {
        String page = """
                <!doctype html>
                <html><head>
                  <meta http-equiv="X-UA-Compatible" content="IE=edge" />
                  <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
                </head><body><h2>Don't panic!</h2>
                  <script>
                    document.domain = document.domain;
                    var c = parent.%s;
                    c.start();
                    function p(d) {c.message(d);};
                    window.onload = function() {c.stop();};
                  </script>
                """.formatted(callback);
        return (page.stripTrailing() + " ".repeat(Math.max(0, LEAST_OF_PAGE - page.length())) + "\r\n\r\n")
                .getBytes(US_ASCII);
    }

    /** What comes before a frame. */
    void start(String callback, Output out) {
        switch (this) {
            case EVENT_SOURCE -> out.octets(EVENT_START);
            case HTML_FILE -> out.octets(HTML_START);
            case JSONP -> out.octets(("/**/" + callback + "(\"").getBytes(US_ASCII));
            default -> {
                // nothing
            }
        }
    }

    /** A part of a frame. */
    void put(byte[] octets, Output out) {
        switch (escape) {
            case NONE -> out.octets(octets);
            case PERCENT -> putPercent(octets, out);
            case SCRIPT -> putScript(octets, out);
        }
    }

    private static void putPercent(byte[] octets, Output out) {
        int start = 0;
        for (int i = 0; i < octets.length; i++) {
            if (octets[i] == '%') {
                out.octets(octets, start, i - start);
                out.octets(PERCENT);
                start = i + 1;
            }
        }
        out.octets(octets, start, octets.length - start);
    }

    private static void putScript(byte[] octets, Output out) {
        for (byte octet : octets) {
            switch (octet) {
                case '"', '\\', '/' -> {
                    out.octet('\\');
                    out.octet(octet);
                }
                case '<' -> out.octets("\\u003c".getBytes(US_ASCII));
                case '>' -> out.octets("\\u003e".getBytes(US_ASCII));
                default -> out.octet(octet);
            }
        }
    }

    /** What comes behind a frame. */
    void end(Output out) {
        switch (this) {
            case XHR, XHR_STREAMING -> out.octets(LINE);
            case EVENT_SOURCE -> out.octets(EVENT_END);
            case HTML_FILE -> out.octets(HTML_END);
            case JSONP -> out.octets(CALL_END);
        }
    }
}
