/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

/** May you? Called on any thread, often; must not block. */
public interface Authorizer {

    /** Everybody may do everything. */
    Authorizer EVERYTHING = (who, operation, destination) -> true;

    /** What is asked for. */
    enum Operation {
        SEND,
        SUBSCRIBE
    }

    /**
     * Whether he may do that there.
     *
     * @param destination as in the frame; for SUBSCRIBE it may be a pattern, and then each destination that it comes to match is
     *     asked for too
     */
    boolean permits(Identity who, Operation operation, String destination);
}
