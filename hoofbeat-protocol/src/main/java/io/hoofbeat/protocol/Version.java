/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import org.jspecify.annotations.Nullable;

/** The three versions of STOMP, and every difference between them that is not a matter of one frame's headers. */
public enum Version {
    V1_0("1.0"),
    V1_1("1.1"),
    V1_2("1.2");

    private final String text;

    Version(String text) {
        this.text = text;
    }

    /** As in {@code accept-version} and {@code version}: "1.0", "1.1" or "1.2". */
    public String text() {
        return text;
    }

    /** Whether header names and values are escaped at all (S10-ESC-1, S11-ESC-2). */
    public boolean escapes() {
        return this != V1_0;
    }

    /** Whether CR is escaped (S12-ESC-3); 1.1 sends it raw. */
    public boolean escapesCarriageReturn() {
        return this == V1_2;
    }

    /** Whether heart-beats are negotiated (S10-HB-10). */
    public boolean hasHeartBeats() {
        return this != V1_0;
    }

    /** Whether NACK exists (S10-NACK-4). */
    public boolean hasNack() {
        return this != V1_0;
    }

    /** Whether a MESSAGE to be acknowledged carries {@code ack}, and ACK names it by {@code id} (S12-ACK-3, S12-MSG-5). */
    public boolean acknowledgesById() {
        return this == V1_2;
    }

    /** The version with that text, or null if it is none of ours. Blanks around it are ignored (SX-PAD-2). */
    public static @Nullable Version of(String text) {
        return switch (text.strip()) {
            case "1.0" -> V1_0;
            case "1.1" -> V1_1;
            case "1.2" -> V1_2;
            default -> null;
        };
    }

    /**
     * The highest of the versions in a comma-separated {@code accept-version} (S11-VER-2, SX-VER-1).
     *
     * @param acceptVersion the header's value; null, the header being absent, means 1.0 (S11-VER-1)
     * @return null if there is none in common
     */
    public static @Nullable Version highestOf(@Nullable String acceptVersion) {
        if (acceptVersion == null) {
            return V1_0;
        }
        Version highest = null;
        for (String item : acceptVersion.split(",")) {
            Version version = of(item);
            if (version != null && (highest == null || version.compareTo(highest) > 0)) {
                highest = version;
            }
        }
        return highest;
    }
}
