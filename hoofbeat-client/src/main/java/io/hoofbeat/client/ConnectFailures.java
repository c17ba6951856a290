/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/** Why a connection did not come about, in words that help. */
final class ConnectFailures {

    private ConnectFailures() {}

    static ConnectFailedException of(ServerAddress address, Throwable cause) {
        return new ConnectFailedException("cannot connect to " + address + ": " + why(address, cause), cause);
    }

    private static String why(ServerAddress address, Throwable cause) {
        Throwable root = innermost(cause);
        if (root instanceof UnknownHostException) {
            return "there is no host " + address.host();
        } else if (root instanceof ConnectTimeoutException) {
            return "no answer from " + address.hostAndPort();
        } else if (root instanceof ConnectException) {
            return "nobody listens on " + address.hostAndPort();
        } else if (root instanceof NoRouteToHostException) {
            return "there is no way to " + address.host();
        } else if (root instanceof java.security.cert.CertPathBuilderException
                || root.getClass().getName().endsWith("SunCertPathBuilderException")) {
            return "its certificate is signed by nobody whom we trust";
        } else if (cause instanceof SSLException || root instanceof java.security.GeneralSecurityException) {
            return "TLS failed: " + root(cause);
        }
        return root(cause);
    }

    /** The innermost message. */
    static String root(Throwable failure) {
        Throwable root = innermost(failure);
        String message = root.getMessage();
        return message == null || message.isBlank() ? root.getClass().getSimpleName() : message;
    }

    private static Throwable innermost(Throwable failure) {
        Throwable root = failure;
        for (Throwable cause = root.getCause(); cause != null && cause != root; cause = root.getCause()) {
            root = cause;
        }
        return root;
    }
}
