/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.util.Set;

/**
 * Who a session is.
 *
 * @param name the user's name; not empty
 * @param roles what rules are written for; may be empty
 */
public record Identity(String name, Set<String> roles) {

    /** Whoever comes where nobody has to say who he is. */
    public static final Identity ANONYMOUS = new Identity("anonymous", Set.of("anonymous"));

    public Identity {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a user needs a name");
        }
        roles = Set.copyOf(roles);
    }
}
