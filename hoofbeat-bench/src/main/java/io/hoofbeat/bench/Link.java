/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;

/** One session's way to the server. Used by the loop's thread. */
abstract class Link {

    /** What a user of the link is told. */
    interface Events extends FrameScanner.Handler {

        /** Frames can be sent. */
        void opened(Link link);

        /** The server, or the network, ended it. */
        void closed(Link link, String why);
    }

    /** Its number among its kind, as its user counts. */
    final int index;

    final Target target;

    Link(int index, Target target) {
        this.index = index;
        this.target = target;
    }

    static Link of(int index, Loop loop, Target target, Events events) throws IOException {
        return target.isSockJs()
                ? new SockJsLink(index, loop, target, events)
                : new SocketLink(index, loop, target, events);
    }

    abstract void connect() throws IOException;

    abstract boolean isOpen();

    /** When the server was last heard of. */
    abstract long lastReadNanos();

    /** Sends a frame that is not prepared. */
    final void send(String frame) {
        byte[] octets = frame.getBytes(UTF_8);
        send(octets, octets.length);
    }

    abstract void send(byte[] frame, int length);

    /** Keeps no room for sending between two frames: it will be one of many thousands, and send little. */
    abstract void idle();

    /** Closes it without telling anyone. */
    public abstract void close();

    // ---- for those who prepare frames; only where a link is one socket

    /** What surrounds frames. */
    Wire wire() {
        throw new UnsupportedOperationException("only connections can be held over " + target.transport());
    }

    /** Room for so many octets as they go over the wire. */
    ByteBuffer room(int octets) {
        throw new UnsupportedOperationException("only connections can be held over " + target.transport());
    }

    /** What the socket has not taken so far. */
    int pending() {
        return 0;
    }
}
