/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.protocol.Version;
import java.time.Duration;

/**
 * What a session was like when somebody looked.
 *
 * @param id the {@code session} of its CONNECTED
 * @param identity who it is
 * @param connection what it came by; the very object that its transport gave
 * @param age since its connection was accepted
 * @param outboxBytes what waits to be written, octets
 * @param writtenBytes what was written so far, octets
 */
public record SessionState(
        String id,
        Identity identity,
        ConnectionInfo connection,
        Version version,
        Duration age,
        int subscriptions,
        long outboxBytes,
        long writtenBytes) {}
