/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;

/** A client of one SockJS session, which polls and sends on connections of its own. */
final class SockJsPeer {
    final int port;
    final String session;

    private SockJsPeer(int port, String session) {
        this.port = port;
        this.session = session;
    }

    static SockJsPeer of(int port, String service) {
        return new SockJsPeer(port, SockJsServices.session(service));
    }

    /** A session that has been opened by polling. */
    static SockJsPeer open(int port, String service) throws IOException {
        SockJsPeer peer = of(port, service);
        assertThat(peer.poll()).isEqualTo("o\n");
        return peer;
    }

    /** The next frame. */
    String poll(String... headers) throws IOException {
        return post("xhr", "", headers).body();
    }

    HttpPeer.Response post(String transport, String body, String... headers) throws IOException {
        return HttpPeer.post(port, session + "/" + transport, body, headers);
    }

    /** Sends, and wants that to go well. */
    SockJsPeer send(String json, String... headers) throws IOException {
        assertThat(post("xhr_send", json, headers).status()).isEqualTo(204);
        return this;
    }

    /** A request that waits, on a connection that is to be closed; nothing has been read. */
    HttpPeer begin(String transport, String... headers) throws IOException {
        String method = transport.startsWith("xhr") ? "POST" : "GET";
        return new HttpPeer(port).send(method, session + "/" + transport, "", headers);
    }

    /** The same of a stream, up to and with what comes before the first frame. */
    HttpPeer stream(String transport) throws IOException {
        HttpPeer stream = begin(transport);
        assertThat(stream.head().status()).isEqualTo(200);
        stream.chunk();
        return stream;
    }
}
