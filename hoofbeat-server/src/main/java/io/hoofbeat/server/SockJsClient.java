/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who began a session of SockJS, as far as requests tell (SJ-SEC-3). Session ids are the clients' choice, and short; so each later
 * request has to look like one of the same client. Immutable.
 *
 * @param origin of the page, empty for this server's own and for what is no browser
 * @param certificate the common name of the client's; null if it has shown none
 * @param address in numbers; null if it may change
 */
record SockJsClient(
        String origin,
        @Nullable String certificate,
        @Nullable String address) {

    static SockJsClient of(HttpExchange exchange, SockJs options) {
        String certificate = exchange.accepted().user();
        boolean isFixed = certificate == null && options.sameAddress();
        return new SockJsClient(exchange.originKey(), certificate, isFixed ? exchange.address() : null);
    }

    /** Whether the request may be one of this client's. Browsers leave the origin out where it is the page's own. */
    boolean isOf(HttpExchange exchange) {
        return (exchange.origin() == null || exchange.originKey().equals(origin))
                && Objects.equals(certificate, exchange.accepted().user())
                && (address == null || address.equals(exchange.address()));
    }
}
