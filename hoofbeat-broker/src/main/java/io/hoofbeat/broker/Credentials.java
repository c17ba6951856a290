/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.protocol.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What a client showed at CONNECT. {@link #toString} keeps the passcode to itself.
 *
 * @param login null if there was none
 * @param passcode null if there was none
 * @param headers all headers of CONNECT, for tokens and the like
 * @param connection where it comes from, and who the transport takes it for
 */
public record Credentials(
        @Nullable String login, @Nullable String passcode, Headers headers, ConnectionInfo connection) {

    @Override
    public String toString() {
        return "login " + login + " from " + connection.remoteAddress();
    }
}
