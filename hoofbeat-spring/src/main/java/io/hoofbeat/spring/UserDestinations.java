/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Headers;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.Predicate;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;

/**
 * Where messages for users go.
 *
 * <p>Spring makes {@code /queue/errors-user7f} of {@code /user/queue/errors} for the session {@code 7f}. To the engine that is
 * {@code /$session-xyz/7f/queue/errors}, of which {@code xyz} is told to nobody: no pattern of another session matches it, no client of
 * another listener can name it, and no policy takes it for a queue, in which messages would wait for a session that does not come again.
 */
final class UserDestinations {
    private static final String INSIDE = "/$session-" + secret() + "/";
    private static final String MARK = "-user";

    private UserDestinations() {}

    private static String secret() {
        byte[] octets = new byte[16];
        new SecureRandom().nextBytes(octets);
        return HexFormat.of().formatHex(octets);
    }

    /**
     * The engine's name of a destination.
     *
     * @param isSession whether that is the id of a session
     */
    static String inside(String destination, Predicate<String> isSession) {
        int at = destination.lastIndexOf(MARK);
        if (at < 0 || !isSession.test(destination.substring(at + MARK.length()))) {
            return destination;
        }
        return INSIDE + destination.substring(at + MARK.length()) + "/" + destination.substring(0, at);
    }

    /** Whether it could mean a destination of a user, in one spelling or the other. */
    static boolean mayBeForUser(String destination) {
        return isInside(destination) || destination.contains(MARK);
    }

    /** A MESSAGE at a destination of a user, as its client is to see it. */
    static Frame forUser(Frame message) {
        Headers from = message.headers();
        String original = from.get(SimpMessageHeaderAccessor.ORIGINAL_DESTINATION);
        Headers.Builder headers = Headers.builder();
        for (int i = 0; i < from.size(); i++) {
            if (from.isNamed(i, "destination")) {
                headers.add("destination", original == null ? outside(from.value(i)) : original);
            } else if (!from.isNamed(i, SimpMessageHeaderAccessor.ORIGINAL_DESTINATION)) {
                headers.add(from.name(i), from.value(i));
            }
        }
        return new Frame(message.command(), headers.build(), message.body());
    }

    /** Whether that is a name of the engine's for a destination of a user. */
    static boolean isInside(String destination) {
        return destination.startsWith(INSIDE);
    }

    /** The session of such a name, or of a pattern of such names. */
    static String session(String inside) {
        int end = inside.indexOf('/', INSIDE.length());
        return inside.substring(INSIDE.length(), end < 0 ? inside.length() : end);
    }

    /** Spring's name of a destination of the engine's. */
    static String outside(String destination) {
        if (!isInside(destination)) {
            return destination;
        }
        int end = destination.indexOf('/', INSIDE.length());
        return destination.substring(end + 1) + MARK + destination.substring(INSIDE.length(), end);
    }
}
