/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import java.net.InetSocketAddress;
import java.net.URI;
import java.security.Principal;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.WebSocketHandler;

/**
 * A client that the application has let in.
 *
 * @param id Spring's name for the session
 * @param handler who handles its messages, with all that the application has put around it
 * @param attributes what the session has from its handshake, and may get; to be changed by any thread
 * @param user null if it is not known
 */
record Admitted(
        String id,
        WebSocketHandler handler,
        URI uri,
        HttpHeaders headers,
        Map<String, Object> attributes,
        @Nullable Principal user,
        @Nullable InetSocketAddress local,
        @Nullable InetSocketAddress remote) {}
