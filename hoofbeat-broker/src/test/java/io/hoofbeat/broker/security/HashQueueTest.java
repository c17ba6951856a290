/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HashQueueTest {
    private final AtomicLong nanos = new AtomicLong();
    private final HashQueue queue = new HashQueue(6, 1_000, nanos::get);
    private final List<String> done = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);

    @Test
    void addressesTakeTurns() throws Exception {
        hold();
        for (int i = 1; i <= 3; i++) {
            assertThat(queue.offer("a", job("a" + i))).isTrue();
        }
        assertThat(queue.offer("b", job("b1"))).isTrue();
        finish();
        assertThat(done).containsExactly("a1", "b1", "a2", "a3", "end");
    }

    @Test
    void takesNoMoreThanItsLimit() throws Exception {
        hold();
        for (int i = 0; i < 6; i++) {
            assertThat(queue.offer("a", job("a" + i))).isTrue();
        }
        assertThat(queue.offer("b", job("b"))).isFalse();
        gate.countDown();
    }

    @Test
    void doesNotRunWhatHasWaitedTooLong() throws Exception {
        hold();
        queue.offer("a", job("a"));
        nanos.addAndGet(1_001);
        finish();
        assertThat(done).containsExactly("late a", "end");
    }

    /** Keeps the thread busy, so that the order in which the others wait is known. */
    private void hold() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        queue.offer("first", new HashQueue.Job() {
            @Override
            public void run() {
                running.countDown();
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void tooLate() {}
        });
        running.await();
    }

    private void finish() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        queue.offer("a", job("end", end));
        gate.countDown();
        assertThat(end.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private HashQueue.Job job(String name) {
        return job(name, new CountDownLatch(1));
    }

    private HashQueue.Job job(String name, CountDownLatch end) {
        return new HashQueue.Job() {
            @Override
            public void run() {
                done.add(name);
                end.countDown();
            }

            @Override
            public void tooLate() {
                done.add("late " + name);
            }
        };
    }
}
