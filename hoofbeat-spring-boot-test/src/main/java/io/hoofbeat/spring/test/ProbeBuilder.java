/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.Version;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How a {@link StompProbe} is to connect. */
public final class ProbeBuilder {
    private final StompProbes probes;
    private final URI url;
    private final Map<String, String> httpHeaders = new LinkedHashMap<>();
    private final List<String> cookies = new ArrayList<>();
    private final Headers.Builder headers = Headers.builder();
    private Version version = Version.V1_2;
    private Duration patience = Duration.ofSeconds(5);

    ProbeBuilder(StompProbes probes, URI url) {
        this.probes = probes;
        this.url = url;
    }

    /** A header of the handshake. */
    public ProbeBuilder httpHeader(String name, String value) {
        httpHeaders.put(name, value);
        return this;
    }

    /** A cookie of the handshake, such as that of a session which a test has logged in to before. */
    public ProbeBuilder cookie(String name, String value) {
        cookies.add(name + "=" + value);
        return this;
    }

    /** Logs in by HTTP Basic. */
    public ProbeBuilder basicAuth(String user, String password) {
        return httpHeader(
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8)));
    }

    /** Logs in by CONNECT, where the application reads its {@code login} and {@code passcode}. */
    public ProbeBuilder login(String login, String passcode) {
        return header("login", login).header("passcode", passcode);
    }

    /** A header of CONNECT, such as a token. */
    public ProbeBuilder header(String name, String value) {
        headers.add(name, value);
        return this;
    }

    /** The version to speak; 1.2 by default. */
    public ProbeBuilder version(Version version) {
        this.version = version;
        return this;
    }

    /** How long to wait for whatever is awaited; 5 seconds by default. */
    public ProbeBuilder patience(Duration patience) {
        this.patience = patience;
        return this;
    }

    /**
     * Connects, and waits for CONNECTED.
     *
     * @throws AssertionError if it does not come; it shows what came instead
     */
    public StompProbe connect() {
        StompProbe probe = open();
        probe.awaitConnected();
        return probe;
    }

    /**
     * Connects, and waits for the ERROR that is to come instead of CONNECTED.
     *
     * @throws AssertionError if it does not come; it shows what came instead
     */
    public StompFrame connectRefused() {
        return open().awaitError();
    }

    private StompProbe open() {
        if (!cookies.isEmpty()) {
            httpHeaders.merge("Cookie", String.join("; ", cookies), (some, more) -> some + "; " + more);
        }
        StompProbe probe = new StompProbe(url, httpHeaders, version, patience, probes.converter());
        probes.opened(probe);
        probe.send(new Frame(
                Command.CONNECT,
                Headers.builder()
                        .add("accept-version", version.text())
                        .add("host", url.getHost())
                        .addAll(headers.build())
                        .build()));
        return probe;
    }
}
