/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is answered to an HTTP request: a status, fields, a body. Used by one thread, and once. */
final class Answer {
    private static final byte[] NOTHING = {};

    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final HttpResponseStatus status;
    private final StringBuilder fields = new StringBuilder(256);
    private byte[] body = NOTHING;
    private boolean hasBody = true;

    private Answer(HttpResponseStatus status) {
        this.status = status;
    }

    static Answer of(HttpResponseStatus status) {
        return new Answer(status);
    }

    /** A line for people. */
    static Answer of(HttpResponseStatus status, String text) {
        return of(status).text(text + "\n");
    }

    /** A method that there is not; nothing but that (SJ-405-1). */
    static Answer notAllowed(String allowed) {
        return of(HttpResponseStatus.METHOD_NOT_ALLOWED).with("Allow", allowed);
    }

    /** As HTTP writes it. */
    static String date(Instant time) {
        return DATE.format(time);
    }

    /** A field; the value has no line end. */
    Answer with(String name, String value) {
        fields.append(name).append(": ").append(value).append("\r\n");
        return this;
    }

    Answer with(Map<String, List<String>> more) {
        more.forEach((name, values) -> values.forEach(value -> with(name, value)));
        return this;
    }

    Answer text(String text) {
        return body("text/plain; charset=UTF-8", text.getBytes(UTF_8));
    }

    /** The octets are not changed afterwards. */
    Answer body(String type, byte[] octets) {
        with("Content-Type", type);
        body = octets;
        return this;
    }

    /** None, and not even its length: for statuses that have no body by definition. */
    Answer noBody() {
        hasBody = false;
        return this;
    }

    /** All of it as octets, without the body if that was not asked for. */
    ByteBuf encode(ByteBufAllocator allocator, String date, boolean closes, boolean withBody) {
        if (hasBody) {
            with("Content-Length", Integer.toString(body.length));
        }
        if (closes) {
            with("Connection", "close");
        }
        byte[] head = head(date);
        int length = withBody ? body.length : 0;
        return allocator.directBuffer(head.length + length).writeBytes(head).writeBytes(body, 0, length);
    }

    /** The head alone, of an answer whose body is to come, in chunks or up to the end of the connection. */
    byte[] streamHead(String date, boolean chunked) {
        with(chunked ? "Transfer-Encoding" : "Connection", chunked ? "chunked" : "close");
        return head(date);
    }

    private byte[] head(String date) {
        return ("HTTP/1.1 " + status + "\r\nDate: " + date + "\r\nX-Content-Type-Options: nosniff\r\n" + fields
                        + "\r\n")
                .getBytes(ISO_8859_1);
    }
}
