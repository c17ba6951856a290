/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import org.jspecify.annotations.Nullable;

/**
 * What a subscription was like when somebody looked.
 *
 * @param session the {@link SessionState#id} of its session
 * @param connection what the session came by
 * @param id as the client named it; empty for the 1.0 form without one
 * @param destination as in SUBSCRIBE: a name or a pattern, or the session's own name of a temporary queue
 * @param ack the value of the header {@code ack}
 * @param selector null if it wants everything
 * @param outstanding messages of queues that were handed to it and are not settled
 */
public record SubscriptionState(
        String session,
        ConnectionInfo connection,
        String id,
        String destination,
        String ack,
        @Nullable String selector,
        int outstanding) {}
