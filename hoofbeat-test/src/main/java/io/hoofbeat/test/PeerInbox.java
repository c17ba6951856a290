/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the server sent, cut into frames and heart-beats. A parser of its own, of a few lines: it shares no code with what it
 * tests, and it notes what is odd instead of forgiving it.
 */
final class PeerInbox {

    /** Frames that nobody asked for so far. */
    final Deque<PeerFrame> frames = new ArrayDeque<>();

    /** When the line ends between frames were read. */
    final List<Long> beats = new ArrayList<>();

    /** What broke the rules that hold for all octets of a server, in words. */
    final List<String> oddities = new ArrayList<>();

    /** When each read brought something. */
    final List<Long> arrivals = new ArrayList<>();

    private final ByteArrayOutputStream frame = new ByteArrayOutputStream();
    private byte[] last = new byte[3];
    private long frameStart;
    private int headLength = -1;
    private long bodyLeft = -1;
    private long framesSeen;
    private boolean errorSeen;
    private @Nullable String session; // null until CONNECTED

    long framesSeen() {
        return framesSeen;
    }

    boolean isInsideFrame() {
        return frame.size() > 0;
    }

    boolean isErrorSeen() {
        return errorSeen;
    }

    @Nullable String session() {
        return session;
    }

    void take(Wire.Chunk chunk, long nanos) {
        byte[] octets = chunk.octets();
        if (octets.length > 0) {
            arrivals.add(nanos);
        }
        long before = framesSeen;
        int beatsBefore = beats.size();
        if (chunk.whole() && isInsideFrame()) {
            oddities.add("a WebSocket message ended inside a frame");
        }
        for (int at = 0; at < octets.length; ) {
            at = bodyLeft > 1 ? takeBody(octets, at) : takeOctet(octets, at, chunk, nanos);
        }
        if (chunk.whole()) {
            checkMessage(chunk, framesSeen - before, beats.size() - beatsBefore);
        }
    }

    /** Exactly one frame, or one line end (WS-OUT-1, WS-OUT-2). */
    private void checkMessage(Wire.Chunk chunk, long newFrames, int newBeats) {
        if (newFrames + newBeats != 1 || isInsideFrame()) {
            oddities.add("a WebSocket message with " + newFrames + " frames and " + newBeats + " line ends: "
                    + Script.show(chunk.octets()));
        }
        if (newBeats > 0 && chunk.binary()) {
            oddities.add("a heart-beat in a binary WebSocket message");
        }
    }

    /** Copies as much of a body of known length as is there. */
    private int takeBody(byte[] octets, int at) {
        int length = (int) Math.min(bodyLeft - 1, octets.length - at);
        frame.write(octets, at, length);
        bodyLeft -= length;
        return at + length;
    }

    private int takeOctet(byte[] octets, int at, Wire.Chunk chunk, long nanos) {
        byte octet = octets[at];
        if (frame.size() == 0 && (octet == '\n' || octet == '\r')) {
            if (octet == '\r') {
                oddities.add("CR between frames");
            } else {
                beats.add(nanos);
            }
            if (errorSeen) {
                oddities.add("a line end after ERROR");
            }
            return at + 1;
        }
        if (frame.size() == 0) {
            frameStart = nanos;
        }
        if (headLength >= 0 && (bodyLeft == 1 || (bodyLeft < 0 && octet == 0))) {
            if (octet != 0) {
                oddities.add("no NUL after content-length octets");
            }
            complete(chunk.binary(), nanos);
            return at + 1;
        }
        frame.write(octet);
        if (headLength < 0) {
            last = new byte[] {last[1], last[2], octet};
            if (octet == '\n' && (last[1] == '\n' || (last[0] == '\n' && last[1] == '\r'))) {
                headComplete();
            } else if (octet == 0) {
                oddities.add("NUL inside a head");
            }
        }
        return at + 1;
    }

    private void headComplete() {
        headLength = frame.size();
        bodyLeft = -1;
        for (String line : frame.toString(ISO_8859_1).split("\r?\n")) {
            if (bodyLeft < 0 && line.matches("content-length: *[0-9]{1,10}")) {
                bodyLeft = Long.parseLong(
                                line.substring("content-length:".length()).trim())
                        + 1;
            }
        }
    }

    private void complete(boolean binary, long nanos) {
        byte[] all = frame.toByteArray();
        int empty = all[headLength - 2] == '\r' ? 2 : 1;
        PeerFrame whole = new PeerFrame(
                Arrays.copyOf(all, headLength - empty),
                Arrays.copyOfRange(all, headLength, all.length),
                nanos,
                frameStart,
                binary);
        if (empty == 2) {
            oddities.add("an empty line that ends in CR LF");
        }
        if (errorSeen) {
            oddities.add("a frame after ERROR: " + whole.command());
        }
        FrameRules.check(whole, framesSeen == 0, oddities);
        session = whole.command().equals("CONNECTED") ? whole.header("session") : session;
        errorSeen = errorSeen || whole.command().equals("ERROR");
        framesSeen++;
        frames.add(whole);
        frame.reset();
        headLength = -1;
        bodyLeft = -1;
        last = new byte[3];
    }
}
