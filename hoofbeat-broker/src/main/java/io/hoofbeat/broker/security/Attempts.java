/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.security;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How often it may go wrong. A name at an address has ten attempts, and gets back one every ten seconds; an address has a
 * hundred with all its names, and gets back one a second. An attempt is taken before the passcode is looked at, so that ten
 * thousand at once do not slip through, and given back if the passcode was right: who logs in properly can do so as often as he
 * likes. Both tables are bounded and forget whoever was quiet longest.
 *
 * <p>Names are counted for each address apart, lest somebody elsewhere could lock a user out. Of an IPv6 address the first
 * half counts, since the second is its owner's to choose.
 *
 * <p>Thread-safe.
 */
final class Attempts {
    private static final int TABLE = 10_000;

    private final LongSupplier nanoTime;
    private final Buckets byName = new Buckets(10, 10_000_000_000L);
    private final Buckets byAddress = new Buckets(100, 1_000_000_000L);

    Attempts(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Whether this name may still be tried from there; takes nothing. */
    synchronized boolean isOpen(String name, String address) {
        return byName.tokens(key(name, address), nanoTime.getAsLong()) >= 1;
    }

    /** Takes one attempt, or returns false if there is none. */
    synchronized boolean take(String name, String address) {
        long now = nanoTime.getAsLong();
        String both = key(name, address);
        if (byName.tokens(both, now) < 1 || byAddress.tokens(address, now) < 1) {
            return false;
        }
        byName.add(both, -1, now);
        byAddress.add(address, -1, now);
        return true;
    }

    /** The passcode was right, or was not looked at. */
    synchronized void giveBack(String name, String address) {
        long now = nanoTime.getAsLong();
        byName.add(key(name, address), 1, now);
        byAddress.add(address, 1, now);
    }

    private static String key(String name, String address) {
        return address + " " + name;
    }

    /** What counts as one address. */
    static String network(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            // With a colon in it, it can only be a number: nothing is looked up.
            byte[] octets = InetAddress.getByName(address).getAddress();
            return octets.length == 16 ? HexFormat.of().formatHex(octets, 0, 8) : address;
        } catch (UnknownHostException e) {
            return address;
        }
    }

    /** Counters that fill up by themselves. */
    private static final class Buckets {
        private final double full;
        private final double refillNanos;
        private final Map<String, Bucket> table = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
                return size() > TABLE;
            }
        };

        Buckets(int full, long refillNanos) {
            this.full = full;
            this.refillNanos = refillNanos;
        }

        double tokens(String key, long now) {
            Bucket bucket = table.get(key);
            return bucket == null ? full : Math.min(full, bucket.tokens + (now - bucket.atNanos) / refillNanos);
        }

        void add(String key, int change, long now) {
            double tokens = tokens(key, now) + change;
            if (tokens >= full) {
                table.remove(key);
            } else {
                table.put(key, new Bucket(tokens, now));
            }
        }
    }

    private record Bucket(double tokens, long atNanos) {}
}
