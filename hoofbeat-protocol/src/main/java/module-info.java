/* SPDX-License-Identifier: Apache-2.0 */
/** STOMP frames, the versions of the protocol, and the codec that reads and writes them. */
module io.hoofbeat.protocol {
    requires static transitive org.jspecify;
    requires transitive io.netty.buffer;
    requires io.netty.common;

    exports io.hoofbeat.protocol;
}
