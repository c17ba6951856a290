/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.HeartBeat;
import io.hoofbeat.protocol.Version;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a CONNECT asked for and is granted, apart from who it is.
 *
 * @param version the highest that both sides know
 * @param offered what the server offers by heart-beat
 * @param asked what the client asked for; nothing in 1.0
 */
record Opening(
        Version version,
        HeartBeat offered,
        HeartBeat asked,
        @Nullable String login,
        @Nullable String passcode) {

    /** Reads a CONNECT or STOMP frame. */
    static Opening read(Frame frame, ConnectionInfo info, BrokerOptions options) {
        Headers headers = frame.headers();
        Version version = Version.highestOf(headers.get("accept-version"));
        if (version == null) {
            throw new NoCommonVersionException(
                    "Supported versions are 1.0,1.1,1.2, and the client accepts none of them");
        }
        checkHost(headers.get("host"), options.virtualHosts());
        HeartBeat offered = info.heartBeat() == null ? options.heartBeat() : info.heartBeat();
        HeartBeat asked = version.hasHeartBeats() ? HeartBeat.parse(headers.get("heart-beat")) : HeartBeat.NONE;
        return new Opening(
                version, offered, asked, value(headers.get("login"), version), value(headers.get("passcode"), version));
    }

    /** In 1.0 values are trimmed, which the decoder could not know (SX-PAD-3). */
    private static @Nullable String value(@Nullable String text, Version version) {
        return text == null || version != Version.V1_0 ? text : text.strip();
    }

    private static void checkHost(@Nullable String host, Set<String> known) {
        if (host == null || known.size() < 2 || host.equals("/")) {
            return;
        }
        for (String each : known) {
            if (each.equalsIgnoreCase(host)) {
                return;
            }
        }
        throw new RefusedException(CloseReason.REFUSED, "no such virtual host");
    }

    /** The headers of CONNECTED (SX-CTD-1); it is not escaped, so what would need it is left out (SX-CTD-2). */
    Headers connected(String session, @Nullable String user, boolean server) {
        Headers.Builder headers =
                Headers.builder().add("version", version.text()).add("session", session);
        if (server) {
            headers.add("server", "Hoofbeat/" + Broker.VERSION);
        }
        if (version.hasHeartBeats()) {
            headers.add("heart-beat", offered.text());
        }
        if (user != null && user.chars().noneMatch(c -> c < ' ')) {
            headers.add("user-name", user);
        }
        return headers.build();
    }

    /** The client and the server have no version in common (S11-VER-3). */
    static final class NoCommonVersionException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoCommonVersionException(String message) {
            super(message, null, false, false);
        }
    }
}
