/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import java.nio.charset.StandardCharsets;

/**
 * A frame: a command, headers, a body.
 *
 * @param body the octets; shared, not copied: whoever makes or gets a frame leaves them as they are
 */
@SuppressWarnings("ArrayRecordComponent") // identity is all that is asked of a frame
public record Frame(Command command, Headers headers, byte[] body) {

    private static final byte[] EMPTY = {};

    public Frame {
        if (body.length > 0 && !command.mayHaveBody()) {
            throw new IllegalArgumentException("a " + command + " frame has no body (S11-BODY-5)");
        }
    }

    public Frame(Command command, Headers headers) {
        this(command, headers, EMPTY);
    }

    /** The body read as UTF-8. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** For people: what it is and how large, without contents, which may be private. */
    @Override
    public String toString() {
        return command + " with " + headers.size() + " headers and " + body.length + " octets of body";
    }
}
