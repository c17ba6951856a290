/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import org.jspecify.annotations.Nullable;

/**
 * How a run is done.
 *
 * @param server whose processor time is taken; null if it is not known
 * @param warmUpSeconds before anything is measured
 * @param seconds how long it is measured
 * @param holdSeconds how long connections are held
 * @param receipts whether the server confirms SUBSCRIBE; if not, messages are sent until all subscriptions have had one
 * @param spin whether the tool asks for input without ever sleeping; always so for latencies
 */
record Settings(
        Target target,
        @Nullable ServerProcess server,
        int warmUpSeconds,
        int seconds,
        int holdSeconds,
        boolean receipts,
        boolean spin) {

    static final long SECOND = 1_000_000_000L;

    /** How long connecting, subscribing and draining may take. */
    static final long LIMIT_NANOS = 60 * SECOND;
}
