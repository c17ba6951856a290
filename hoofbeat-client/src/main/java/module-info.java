/* SPDX-License-Identifier: Apache-2.0 */
/** The client: STOMP over TCP, TLS and WebSocket, with futures for receipts. */
module io.hoofbeat.client {
    requires static transitive org.jspecify;
    requires transitive io.hoofbeat.protocol;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;

    exports io.hoofbeat.client;
}
