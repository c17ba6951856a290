/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.HeartBeat;
import io.hoofbeat.protocol.Version;
import java.util.stream.Collectors;

/** Frames as a client makes them, and what a version cannot carry. */
final class Openings {

    /** The receipt of DISCONNECT. */
    static final String GOODBYE = "goodbye";

    private Openings() {}

    /** The first frame (C11-CONN-2 to C11-CONN-6). */
    static Frame connect(ClientOptions options) {
        Headers.Builder headers = Headers.builder()
                .add(
                        "accept-version",
                        options.versions().stream().sorted().map(Version::text).collect(Collectors.joining(",")))
                .add("host", options.host());
        if (options.login() != null) {
            headers.add("login", options.login());
        }
        if (options.passcode() != null) {
            headers.add("passcode", options.passcode());
        }
        if (!options.heartBeat().equals(HeartBeat.NONE)) {
            headers.add("heart-beat", options.heartBeat().text());
        }
        return new Frame(
                options.stompCommand() ? Command.STOMP : Command.CONNECT,
                headers.addAll(options.headers()).build());
    }

    /** SEND, with what a body asks for. */
    static Frame send(String destination, Headers headers, byte[] body, boolean contentLength) {
        Headers.Builder all = Headers.builder().add("destination", destination).addAll(headers);
        if (contentLength && body.length > 0 && !headers.contains("content-length")) {
            all.add("content-length", Integer.toString(body.length));
        }
        return new Frame(Command.SEND, all.build(), body);
    }

    /** The same frame, asking for a receipt. */
    static Frame asking(Frame frame, String receipt) {
        Headers headers = Headers.builder()
                .add("receipt", receipt)
                .addAll(frame.headers())
                .build();
        return new Frame(frame.command(), headers, frame.body());
    }

    /**
     * What 1.0 cannot carry is refused before anything is written (C10-ESC-2).
     *
     * @throws IllegalArgumentException if there is such a header
     */
    static void requireCarried(Frame frame, Version version) {
        if (version.escapes()) {
            return;
        }
        Headers headers = frame.headers();
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            if (name.chars().anyMatch(c -> c == ':' || c == '\n' || c == '\r')
                    || !name.equals(name.strip())
                    || headers.value(i).chars().anyMatch(c -> c == '\n' || c == '\r')) {
                throw new IllegalArgumentException("STOMP 1.0, which this server speaks, cannot carry the header "
                        + name.replaceAll("\\p{Cntrl}", "?"));
            }
        }
    }
}
