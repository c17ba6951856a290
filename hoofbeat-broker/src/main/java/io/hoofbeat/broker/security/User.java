/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.security;

import java.util.Set;

/**
 * Somebody who may log in.
 *
 * @param name what CONNECT's {@code login} says; not empty, without colon and control characters, at most 256 characters
 * @param hash what is kept of the passcode
 * @param roles what access rules are written for; may be empty
 */
public record User(String name, PasswordHash hash, Set<String> roles) {

    public User {
        if (name.isEmpty() || name.length() > 256) {
            throw new IllegalArgumentException("a user's name has 1 to 256 characters, not " + name.length());
        }
        if (name.chars().anyMatch(c -> c == ':' || Character.isISOControl(c))) {
            throw new IllegalArgumentException(
                    "a user's name has no colon and no control characters: " + name.replaceAll("\\p{Cntrl}", "?"));
        }
        roles = Set.copyOf(roles);
    }
}
