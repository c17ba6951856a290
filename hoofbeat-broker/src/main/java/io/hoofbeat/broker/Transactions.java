/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.protocol.ProtocolException;
import io.hoofbeat.protocol.ProtocolException.Kind;
import java.util.HashMap;
import java.util.Map;

/** The open transactions of a session, and their limits. Called by the session's thread. */
final class Transactions {
    private static final int OVERHEAD = 256;

    private final Broker broker;
    private final Map<String, Transaction> open = new HashMap<>(2);

    Transactions(Broker broker) {
        this.broker = broker;
    }

    void begin(String id) {
        int limit = broker.options().maxTransactions();
        if (open.size() >= limit) {
            throw new RefusedException(CloseReason.REFUSED, "too many open transactions (limit " + limit + ")");
        }
        if (open.containsKey(id)) {
            throw new ProtocolException(Kind.BAD_FRAME, "this transaction is open already, " + id);
        }
        int bytes = OVERHEAD + SharedMemory.octets(id);
        if (!broker.transactionMemory().take(bytes)) {
            throw broker.transactionMemory().exceeded();
        }
        open.put(id, new Transaction(broker, bytes));
    }

    Transaction get(String id) {
        Transaction transaction = open.get(id);
        if (transaction == null) {
            throw new ProtocolException(Kind.BAD_FRAME, "no such transaction is open, " + id);
        }
        return transaction;
    }

    /** The same, about to take one more frame with that many octets. */
    Transaction getForMore(String id, int more) {
        Transaction transaction = get(id);
        BrokerOptions options = broker.options();
        if (transaction.frames() >= options.maxTransactionFrames()) {
            throw new RefusedException(
                    CloseReason.REFUSED,
                    "too many frames in a transaction (limit " + options.maxTransactionFrames() + ")");
        }
        long bytes = more;
        for (Transaction each : open.values()) {
            bytes += each.bytes();
        }
        if (bytes > options.maxTransactionBytes()) {
            throw new RefusedException(
                    CloseReason.REFUSED,
                    "too much in open transactions (limit " + options.maxTransactionBytes() + " octets)");
        }
        return transaction;
    }

    /**
     * Puts a message into a transaction that was got for it.
     *
     * @throws RefusedException if the transactions of all sessions together hold too much
     */
    void send(Transaction transaction, Message message) {
        if (!broker.transactionMemory().take(message.size())) {
            throw broker.transactionMemory().exceeded();
        }
        transaction.send(message);
    }

    void remove(String id) {
        Transaction transaction = open.remove(id);
        if (transaction != null) {
            broker.transactionMemory().give(transaction.bytes());
        }
    }

    void abortAll() {
        for (Transaction transaction : open.values()) {
            transaction.abort();
            broker.transactionMemory().give(transaction.bytes());
        }
        open.clear();
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** When the oldest was begun; {@link Long#MAX_VALUE} if there is none. */
    long oldestNanos() {
        long oldest = Long.MAX_VALUE;
        for (Transaction each : open.values()) {
            if (oldest == Long.MAX_VALUE || each.begunNanos() - oldest < 0) {
                oldest = each.begunNanos();
            }
        }
        return oldest;
    }
}
