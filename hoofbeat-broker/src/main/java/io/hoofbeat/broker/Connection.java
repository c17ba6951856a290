/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

/**
 * What the engine asks of a transport.
 *
 * <p>A session has one thread at a time, the transport's choice: an event loop for sockets. {@link #wake} and {@link #execute}
 * may be called from any thread, the other methods only from the session's own.
 */
public interface Connection {

    /** The outbox is no longer empty: drain it soon, on the session's thread. Neither blocks nor calls back. Any thread. */
    void wake();

    /** Runs the task on the session's thread, after what is going on there; not at all once the connection is gone. Any thread. */
    void execute(Runnable task);

    /**
     * Hands in no further frame until {@link #resumeReads}, not even those that have been read already, and stops reading from
     * the peer. Called within {@link Session#onFrame} as well.
     */
    void pauseReads();

    /** The opposite. Frames that have been read already come first; not before this call has returned. */
    void resumeReads();

    /**
     * Ends the connection: what is in the outbox is written first, as far as the peer takes it in a bounded time; nothing more is
     * read. {@link Session#onClosed} follows when the connection is gone, or at once if the transport likes.
     *
     * @param text one short line for the peer, without anything secret
     */
    void close(CloseReason reason, String text);

    /** Ends it at once, even in the middle of a frame; nobody will read the rest. {@link Session#onClosed} follows. Session's thread. */
    void abort();

    /** Where it comes from. */
    ConnectionInfo info();
}
