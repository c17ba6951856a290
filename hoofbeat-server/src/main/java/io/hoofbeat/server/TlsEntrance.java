/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.Objects;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Waits for the TLS handshake. */
final class TlsEntrance extends Entrance {
    private final Accepted accepted;

    TlsEntrance(Accepted accepted) {
        this.accepted = accepted;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                SslHandler tls = Objects.requireNonNull(context.pipeline().get(SslHandler.class));
                accepted.secured(commonName(tls.engine().getSession()));
                context.pipeline().remove(this);
            } else {
                context.close();
            }
        } else {
            super.userEventTriggered(context, event);
        }
    }

    /** Of the client's certificate; null if there is none. */
    private static @Nullable String commonName(SSLSession session) {
        try {
            for (Rdn part : new LdapName(session.getPeerPrincipal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    return part.getValue().toString();
                }
            }
            return null;
        } catch (SSLPeerUnverifiedException | InvalidNameException e) {
            return null;
        }
    }
}
