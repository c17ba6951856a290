/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Whose passcode was right of late, so that ten thousand clients which lost their connection at once do not cost ten thousand
 * hashes of 40 ms (F12). What is kept is a digest under a random key of this process: cheap to make, useless outside of it.
 *
 * <p>Bounded, forgets what was not used for a day. Thread-safe.
 */
final class RecentLogins {
    private static final int TABLE = 20_000;
    private static final long KEPT_NANOS = 24L * 3600 * 1_000_000_000L;

    private final LongSupplier nanoTime;
    private final SecretKeySpec secret;

    /** When each was used last; guarded by itself. */
    private final Map<ByteBuffer, Long> used = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Long> eldest) {
            return size() > TABLE;
        }
    };

    RecentLogins(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.secret = new SecretKeySpec(random, "HmacSHA256");
    }

    /** Stands for a name with a passcode. */
    ByteBuffer key(String name, String passcode) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            byte[] nameOctets = name.getBytes(UTF_8);
            mac.update(ByteBuffer.allocate(4).putInt(0, nameOctets.length));
            mac.update(nameOctets);
            return ByteBuffer.wrap(mac.doFinal(passcode.getBytes(UTF_8))).asReadOnlyBuffer();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    boolean contains(ByteBuffer key) {
        synchronized (used) {
            Long at = used.get(key);
            if (at == null) {
                return false;
            }
            long now = nanoTime.getAsLong();
            if (now - at > KEPT_NANOS) {
                used.remove(key);
                return false;
            }
            used.put(key, now);
            return true;
        }
    }

    void add(ByteBuffer key) {
        synchronized (used) {
            used.put(key, nanoTime.getAsLong());
        }
    }
}
