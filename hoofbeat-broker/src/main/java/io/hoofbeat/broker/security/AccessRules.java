/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.security;

import io.hoofbeat.broker.Authorizer;
import io.hoofbeat.broker.DestinationPattern;
import io.hoofbeat.broker.Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Ordered rules: the first that speaks of this user, this operation and this destination decides; what no rule speaks of is
 * forbidden. Immutable but for its caches, which are bounded; thread-safe.
 *
 * <p>A subscription to a pattern is asked for under its own text, as if that were a destination: a rule allows it if its
 * pattern is as wide. The broker asks again for each destination that the subscription comes to match, so that a rule which
 * forbids a part of what is allowed holds there too.
 *
 * <p>Where a rule says <code>{user}</code>, the name is put in with {@code %}, wildcards and separators written as in a URL
 * ({@code a.b}: {@code a%2Eb}). A name is therefore always within one segment, and nobody gets at the destinations of others
 * by the choice of his name.
 */
public final class AccessRules implements Authorizer {
    private static final int MAX_IDENTITIES = 10_000;
    private static final int MAX_DECISIONS = 500;

    private final List<AccessRule> rules;
    private final ConcurrentMap<Identity, View> views = new ConcurrentHashMap<>();

    private AccessRules(List<AccessRule> rules) {
        this.rules = List.copyOf(rules);
    }

    /** Rules in their order; none forbids everything. */
    public static AccessRules of(List<AccessRule> rules) {
        return new AccessRules(rules);
    }

    @Override
    public boolean permits(Identity who, Operation operation, String destination) {
        View view = views.get(who);
        if (view == null) {
            if (views.size() >= MAX_IDENTITIES) {
                // Rare, and cheap to make again; to look for the oldest would cost every SEND something.
                views.clear();
            }
            view = views.computeIfAbsent(who, this::view);
        }
        return view.permits(operation, destination);
    }

    /** The rule that decides, for people who wonder why; empty if none speaks of it, and it is forbidden for that. */
    public Optional<AccessRule> ruleFor(Identity who, Operation operation, String destination) {
        return view(who).lines.stream()
                .filter(line -> line.rule.concerns(operation) && line.matches(destination))
                .map(Line::rule)
                .findFirst();
    }

    /** In their order. */
    public List<AccessRule> rules() {
        return rules;
    }

    private View view(Identity who) {
        String name = inOneSegment(who.name());
        List<Line> lines = new ArrayList<>();
        for (AccessRule rule : rules) {
            if (rule.concerns(who)) {
                lines.add(new Line(
                        rule,
                        rule.destinations().stream()
                                .filter(text -> fits(text, name))
                                .map(text -> DestinationPattern.of(text.replace(AccessRule.USER, name)))
                                .toList()));
            }
        }
        return new View(List.copyOf(lines));
    }

    /** A name that is too long for the pattern has no such destinations. */
    private static boolean fits(String pattern, String name) {
        return !pattern.contains(AccessRule.USER)
                || pattern.replace(AccessRule.USER, name).getBytes(java.nio.charset.StandardCharsets.UTF_8).length
                        <= DestinationPattern.MAX_OCTETS;
    }

    private static String inOneSegment(String name) {
        StringBuilder text = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ("%./*>#{}".indexOf(c) >= 0) {
                text.append('%').append(Integer.toHexString(c).toUpperCase(java.util.Locale.ROOT));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    /** A rule, with the user's name put in. */
    private record Line(AccessRule rule, List<DestinationPattern> patterns) {
        boolean matches(String destination) {
            for (DestinationPattern pattern : patterns) {
                if (pattern.matches(destination)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** What the rules say to one user. */
    private static final class View {
        private final List<Line> lines;
        private final ConcurrentMap<String, Boolean> sends = new ConcurrentHashMap<>();
        private final ConcurrentMap<String, Boolean> subscriptions = new ConcurrentHashMap<>();

        View(List<Line> lines) {
            this.lines = lines;
        }

        boolean permits(Operation operation, String destination) {
            ConcurrentMap<String, Boolean> known = switch (operation) {
                case SEND -> sends;
                case SUBSCRIBE -> subscriptions;
            };
            Boolean decided = known.get(destination);
            if (decided != null) {
                return decided;
            }
            boolean allowed = decide(operation, destination);
            if (known.size() < MAX_DECISIONS) {
                known.put(destination, allowed);
            }
            return allowed;
        }

        private boolean decide(Operation operation, String destination) {
            for (Line line : lines) {
                if (line.rule.concerns(operation) && line.matches(destination)) {
                    return line.rule.allow();
                }
            }
            return false;
        }
    }
}
