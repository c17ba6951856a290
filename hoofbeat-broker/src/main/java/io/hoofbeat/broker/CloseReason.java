/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

/** Why the engine ends a connection; a transport translates it, WebSocket for instance into a close code. */
public enum CloseReason {
    /** The client said DISCONNECT. */
    DISCONNECTED,
    /** The client broke the protocol, or asked for something impossible. */
    PROTOCOL_ERROR,
    /** A limit of size was exceeded. */
    TOO_LARGE,
    /** Not permitted: login refused, no right, too late, too slow. */
    REFUSED,
    /** No sign of life, or no progress of what was written, for longer than agreed. */
    LOST,
    /** The server stops. */
    SHUTDOWN,
    /** A limit on sessions, memory or destinations; another time it may go well. */
    OVERLOADED,
    /** A failure of ours. */
    FAILED
}
