/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which web pages may connect (WS-ORG-1). A browser lets any page connect to anywhere and sends the cookies along, and it is the
 * server who has to refuse. Immutable.
 */
final class Origins {
    private final Set<String> exact = new HashSet<>();
    private final Set<Pattern> patterns;
    private final boolean all;

    Origins(Set<String> allowed) {
        all = allowed.contains("*");
        patterns = allowed.stream()
                .filter(origin -> origin.indexOf('*') >= 0 && !origin.equals("*"))
                .map(Origins::pattern)
                .collect(Collectors.toUnmodifiableSet());
        allowed.stream()
                .filter(origin -> origin.indexOf('*') < 0)
                .map(Origins::normal)
                .forEach(exact::add);
    }

    private static Pattern pattern(String origin) {
        return Pattern.compile(
                Stream.of(normal(origin).split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining("[^/]*")));
    }

    /**
     * Whether a page of that origin may.
     *
     * @param origin as the browser says; null if it is no browser
     * @param own scheme, host and port that the page was asked for, if it is one of ours; null if that is not known
     */
    boolean allow(@Nullable String origin, @Nullable String own) {
        return origin == null || isNamed(origin, own) || (all && !normal(origin).equals("null"));
    }

    /** Whether it makes no difference where a page comes from. */
    boolean allowsAll() {
        return all;
    }

    /** Whether it is on the list or this server's own, and not only let in because all are. */
    boolean isNamed(@Nullable String origin, @Nullable String own) {
        if (origin == null) {
            return false;
        }
        String normal = normal(origin);
        if (normal.equals("null")) {
            return exact.contains("null");
        }
        return (own != null && normal.equals(normal(own)))
                || exact.contains(normal)
                || patterns.stream().anyMatch(pattern -> pattern.matcher(normal).matches());
    }

    /** The same for requests of pages of the same origin; empty for this server's own, and for what is no browser. */
    static String key(@Nullable String origin, @Nullable String own) {
        if (origin == null || (own != null && normal(origin).equals(normal(own)))) {
            return "";
        }
        return normal(origin);
    }

    /** In lower case, without the port that the scheme implies, and without a slash at the end. */
    private static String normal(String origin) {
        String lower = origin.strip().toLowerCase(Locale.ROOT);
        if (lower.endsWith("/")) {
            lower = lower.substring(0, lower.length() - 1);
        }
        String implied = lower.startsWith("http:") ? ":80" : lower.startsWith("https:") ? ":443" : "?";
        return lower.endsWith(implied) ? lower.substring(0, lower.length() - implied.length()) : lower;
    }
}
