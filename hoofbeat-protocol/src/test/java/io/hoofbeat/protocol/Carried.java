/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

/** What must be read of a frame after it was written: said a second time, slowly, to check the encoder by. */
final class Carried {

    private Carried() {}

    /** The frame as the version carries it: content-length is the true one, and 1.0 loses something (SX-DOWN-1, SX-PAD-1). */
    static Frame by(Version version, Frame frame) {
        boolean loses = version == Version.V1_0 && !frame.command().isRaw();
        Headers.Builder carried = Headers.builder();
        boolean counted = false;
        for (int i = 0; i < frame.headers().size(); i++) {
            String name = frame.headers().name(i);
            String value = frame.headers().value(i);
            if (name.equals("content-length")) {
                carried.add(name, Integer.toString(frame.body().length));
                counted = true;
            } else if (!loses) {
                carried.add(name, value);
            } else if (name.equals(name.trim()) && !name.matches("(?s).*[:\r\n].*")) {
                carried.add(name, value.replaceAll("[\r\n]", " ").replaceAll("^[ \t]+|[ \t]+$", ""));
            }
        }
        if (!counted && hasNul(frame.body())) {
            carried.add("content-length", Integer.toString(frame.body().length));
        }
        return new Frame(frame.command(), carried.build(), frame.body());
    }

    private static boolean hasNul(byte[] body) {
        for (byte octet : body) {
            if (octet == 0) {
                return true;
            }
        }
        return false;
    }
}
