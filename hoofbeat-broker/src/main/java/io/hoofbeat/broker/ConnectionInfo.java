/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.protocol.HeartBeat;
import org.jspecify.annotations.Nullable;

/**
 * What a transport knows about a connection before the first frame.
 *
 * @param transport "tcp", "tls", "ws", "wss" and the like, for people and rules
 * @param remoteAddress the peer's IP address in numbers, without its port; limits count by it
 * @param remotePort the peer's port, 0 if there is none
 * @param user who the transport found out the peer to be (TLS certificate, HTTP session); null if it does not know
 * @param heartBeat what the listener offers; null for the broker's own setting
 * @param acceptedNanos when the connection was accepted, by the broker's clock
 */
public record ConnectionInfo(
        String transport,
        String remoteAddress,
        int remotePort,
        @Nullable String user,
        @Nullable HeartBeat heartBeat,
        long acceptedNanos) {}
