/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.password4j.Argon2Function;
import com.password4j.types.Argon2;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is kept of a passcode: argon2id in its usual text form, {@code $argon2id$v=19$m=19456,t=2,p=1$salt$hash}. Immutable.
 *
 * <p>{@link #toString} does not show it, since with the hash at hand one can try passcodes as fast as one likes.
 */
public final class PasswordHash {

    /** Memory in KiB, rounds and lanes of new hashes: the least that OWASP recommends, some 40 ms of one core. */
    static final Costs COSTS = new Costs(19_456, 2, 1);

    private static final int SALT_OCTETS = 16;
    private static final int HASH_OCTETS = 32;
    private static final Pattern TEXT = Pattern.compile(
            "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,2}),p=(\\d{1,2})\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{16,86})");

    private final Costs costs;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(Costs costs, byte[] salt, byte[] hash) {
        this.costs = costs;
        this.salt = salt;
        this.hash = hash;
    }

    /** Hashes a passcode with a new salt. Takes some 40 ms and 19 MiB. */
    public static PasswordHash of(CharSequence passcode) {
        return of(passcode, COSTS);
    }

    static PasswordHash of(CharSequence passcode, Costs costs) {
        byte[] salt = random(SALT_OCTETS);
        return new PasswordHash(costs, salt, costs.hash(passcode, salt, HASH_OCTETS));
    }

    /** One that no passcode matches, and that takes as long to find out. */
    static PasswordHash ofNobody(Costs costs) {
        return new PasswordHash(costs, random(SALT_OCTETS), random(HASH_OCTETS));
    }

    private static byte[] random(int length) {
        byte[] octets = new byte[length];
        new SecureRandom().nextBytes(octets);
        return octets;
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if it is none, or asks for more than 1 GiB, 64 rounds or 16 lanes; the text is not in the
     *     message
     */
    public static PasswordHash parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "not an argon2id hash ($argon2id$v=19$m=...,t=...,p=...$...$...); `hoofbeat user hash` makes one");
        }
        Costs costs = new Costs(number(matcher, 1), number(matcher, 2), number(matcher, 3));
        Base64.Decoder decoder = Base64.getDecoder();
        return new PasswordHash(costs, decoder.decode(matcher.group(4)), decoder.decode(matcher.group(5)));
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }

    /** Whether it is the hash of this passcode; takes as long whether it is or not. */
    public boolean matches(CharSequence passcode) {
        return MessageDigest.isEqual(hash, costs.hash(passcode, salt, hash.length));
    }

    /** The text form, for a file of users. */
    public String text() {
        Base64.Encoder encoder = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=" + costs.kibibytes + ",t=" + costs.rounds + ",p=" + costs.lanes + "$"
                + encoder.encodeToString(salt) + "$" + encoder.encodeToString(hash);
    }

    Costs costs() {
        return costs;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PasswordHash that
                && costs.equals(that.costs)
                && Arrays.equals(salt, that.salt)
                && MessageDigest.isEqual(hash, that.hash);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(salt);
    }

    @Override
    public String toString() {
        return "(argon2id)";
    }

    /**
     * How dear a hash is.
     *
     * @param kibibytes memory in KiB
     * @param rounds passes over it
     * @param lanes how many threads could share the work; other programs' hashes may have more than one
     */
    record Costs(int kibibytes, int rounds, int lanes) {
        Costs {
            if (lanes < 1 || lanes > 16 || rounds < 1 || rounds > 64) {
                throw new IllegalArgumentException("argon2id with t=" + rounds + ",p=" + lanes + " (limits 64 and 16)");
            }
            if (kibibytes < 8 * lanes || kibibytes > 1 << 20) {
                throw new IllegalArgumentException(
                        "argon2id with m=" + kibibytes + " (limits " + 8 * lanes + " and 1048576)");
            }
        }

        byte[] hash(CharSequence passcode, byte[] salt, int length) {
            byte[] octets = passcode.toString().getBytes(UTF_8);
            return Argon2Function.getInstance(kibibytes, rounds, lanes, length, Argon2.ID)
                    .hash(octets, salt)
                    .getBytes();
        }
    }
}
