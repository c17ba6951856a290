/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.security;

import io.hoofbeat.broker.Authorizer.Operation;
import io.hoofbeat.broker.DestinationPattern;
import io.hoofbeat.broker.Identity;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * One rule of {@link AccessRules}.
 *
 * @param allow whether it permits or forbids
 * @param users for whom, by name; together with roles empty: for everybody
 * @param roles for whom, by role: having one of them is enough, as is being one of the users
 * @param operations what; empty: everything
 * @param destinations where: patterns of {@link DestinationPattern}, in which {@code {user}} stands for the user's name; at
 *     least one
 */
public record AccessRule(
        boolean allow, Set<String> users, Set<String> roles, Set<Operation> operations, List<String> destinations) {

    static final String USER = "{user}";

    /** @throws IllegalArgumentException if there is no destination, or one of them is beyond the bounds of a pattern */
    public AccessRule {
        users = Set.copyOf(users);
        roles = Set.copyOf(roles);
        operations = Set.copyOf(operations);
        destinations = List.copyOf(destinations);
        if (destinations.isEmpty()) {
            throw new IllegalArgumentException("a rule needs a destination; ** stands for all");
        }
        destinations.forEach(DestinationPattern::of);
    }

    /** Whether the rule speaks of him, wherever he is. */
    boolean concerns(Identity who) {
        return (users.isEmpty() && roles.isEmpty())
                || users.contains(who.name())
                || !Collections.disjoint(roles, who.roles());
    }

    boolean concerns(Operation operation) {
        return operations.isEmpty() || operations.contains(operation);
    }
}
