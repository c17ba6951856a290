/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Who are you? Called on a session's thread, so an answer that takes time is given later, from any thread. */
public interface Authenticator {

    /** Lets everybody in, as {@link Identity#ANONYMOUS} or under the name that the transport found out. */
    Authenticator ANYBODY = credentials -> {
        String user = credentials.connection().user();
        return CompletableFuture.completedFuture(
                user == null ? Identity.ANONYMOUS : new Identity(user, java.util.Set.of()));
    };

    /**
     * Finds out who shows these credentials.
     *
     * @return completed with the identity, or exceptionally: with {@link AccessRefusedException} if they are not good, with
     *     anything else if it could not be found out. The client learns no more than that access was refused (SX-AUTH-1).
     */
    CompletionStage<Identity> authenticate(Credentials credentials);
}
