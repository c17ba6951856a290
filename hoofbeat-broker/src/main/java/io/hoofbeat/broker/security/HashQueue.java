/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.security;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Work that is dear by intention, done one piece at a time on one thread, so that a storm of logins leaves the other cores to
 * those who are in already (F12). The addresses which the work comes from take turns: whoever tries ten thousand passcodes
 * waits for himself, everybody else for one of them at most (P16).
 *
 * <p>Thread-safe. The thread is a daemon, appears with the first job and goes when there was none for a while.
 */
final class HashQueue {

    /** What is to be done. Both are called on the queue's thread, one of the two. */
    interface Job {
        void run();

        /** It has waited for so long that whoever asked has gone. */
        void tooLate();
    }

    private record Waiting(Job job, long sinceNanos) {}

    private final int limit;
    private final long patienceNanos;
    private final LongSupplier nanoTime;
    private final ThreadPoolExecutor thread;

    /** By address, in the order of their turns; no value is empty. Guarded by this, like the count. */
    private final Map<String, ArrayDeque<Waiting>> waiting = new LinkedHashMap<>();

    private int size;

    HashQueue(int limit, long patienceNanos, LongSupplier nanoTime) {
        this.limit = limit;
        this.patienceNanos = patienceNanos;
        this.nanoTime = nanoTime;
        this.thread = new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
            Thread made = new Thread(work, "hoofbeat-passcodes");
            made.setDaemon(true);
            return made;
        });
        thread.allowCoreThreadTimeOut(true);
    }

    /** Takes a job, or returns false if as many wait as may. */
    boolean offer(String address, Job job) {
        synchronized (this) {
            if (size >= limit) {
                return false;
            }
            size++;
            waiting.computeIfAbsent(address, any -> new ArrayDeque<>()).add(new Waiting(job, nanoTime.getAsLong()));
        }
        thread.execute(this::runNext);
        return true;
    }

    private void runNext() {
        Waiting next = next();
        if (nanoTime.getAsLong() - next.sinceNanos > patienceNanos) {
            next.job.tooLate();
        } else {
            next.job.run();
        }
    }

    /** There is one, because each is announced to the thread once. */
    private synchronized Waiting next() {
        Iterator<Map.Entry<String, ArrayDeque<Waiting>>> turns =
                waiting.entrySet().iterator();
        Map.Entry<String, ArrayDeque<Waiting>> turn = turns.next();
        String address = turn.getKey();
        ArrayDeque<Waiting> jobs = turn.getValue();
        turns.remove();
        Waiting job = jobs.remove();
        if (!jobs.isEmpty()) {
            waiting.put(address, jobs);
        }
        size--;
        return job;
    }
}
