/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Receipts that were asked for and have not come. Called by the connection's thread only. */
final class Receipts {
    /** Far more than any server leaves open for long; an end to what grows. */
    static final int LIMIT = 100_000;

    private record Pending(CompletableFuture<Void> future, long sinceNanos) {}

    /** In the order in which they were asked for, so that the first is the oldest. */
    private final Map<String, Pending> pending = new LinkedHashMap<>();

    void add(String id, CompletableFuture<Void> future, long nowNanos) {
        if (pending.size() >= LIMIT) {
            future.completeExceptionally(
                    new NoAnswerException("too many receipts are open: " + pending.size() + " (limit " + LIMIT + ")"));
            return;
        }
        pending.put(id, new Pending(future, nowNanos));
    }

    /** The receipt came; an unknown one is ignored (C10-RCPT-1). */
    void complete(@Nullable String id) {
        Pending one = id == null ? null : pending.remove(id);
        if (one != null) {
            one.future.complete(null);
        }
    }

    void fail(@Nullable String id, StompException why) {
        Pending one = id == null ? null : pending.remove(id);
        if (one != null) {
            one.future.completeExceptionally(why);
        }
    }

    /** Those that wait for too long fail. */
    void expire(long nowNanos, long patienceNanos) {
        List<Map.Entry<String, Pending>> late = new ArrayList<>();
        Iterator<Map.Entry<String, Pending>> all = pending.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<String, Pending> one = all.next();
            if (nowNanos - one.getValue().sinceNanos < patienceNanos) {
                break;
            }
            late.add(Map.entry(one.getKey(), one.getValue()));
            all.remove();
        }
        for (Map.Entry<String, Pending> one : late) {
            one.getValue()
                    .future
                    .completeExceptionally(
                            new NoAnswerException("no receipt within " + patienceNanos / 1_000_000_000 + " s"));
        }
    }

    void failAll(StompException why) {
        List<Pending> all = new ArrayList<>(pending.values());
        pending.clear();
        all.forEach(one -> one.future.completeExceptionally(why));
    }
}
