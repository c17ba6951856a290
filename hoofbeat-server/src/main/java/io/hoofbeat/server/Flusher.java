/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.channel.SingleThreadEventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Drains what became non-empty, once for each iteration of its event loop.
 *
 * <p>A message to a thousand subscribers wakes a thousand connections. A task for each would cost more than writing to it, so
 * they are put into a list, and whoever finds the list empty asks for one run when the loop has done what is at hand. By then more
 * has come for many of them, and all of it leaves with one flush.
 *
 * <p>The list is a stack linked through its members, of which each is in it at most once; a run takes all of it and turns it
 * round. Adding is for any thread, everything else for the event loop's.
 */
final class Flusher implements Runnable {

    /** What can be in the list. */
    abstract static class Member {
        /** The one below; belongs to whoever put this in, then to the run that took it out. */
        private @Nullable Member below;

        /** 1 while it is in the list. */
        private volatile int listed;

        /** Writes what there is. Event loop. */
        abstract void drain(long nowNanos);
    }

    private static final AtomicIntegerFieldUpdater<Member> LISTED =
            AtomicIntegerFieldUpdater.newUpdater(Member.class, "listed");

    private final SingleThreadEventLoop loop;
    private final LongSupplier clock;
    private final AtomicReference<@Nullable Member> top = new AtomicReference<>();
    private final Runnable runAfterIteration;
    private boolean isRunning;

    Flusher(SingleThreadEventLoop loop, LongSupplier clock) {
        this.loop = loop;
        this.clock = clock;
        this.runAfterIteration = () -> loop.executeAfterEventLoopIteration(this);
    }

    /** Has it drained soon. Any thread; neither blocks nor calls back. */
    void add(Member member) {
        if (member.listed == 1 || !LISTED.compareAndSet(member, 0, 1)) {
            return;
        }
        Member old;
        do {
            old = top.get();
            member.below = old;
        } while (!top.compareAndSet(old, member));
        if (old == null) {
            ask();
        }
    }

    private void ask() {
        try {
            if (loop.inEventLoop() && !isRunning) {
                loop.executeAfterEventLoopIteration(this);
            } else {
                // The loop goes on with such tasks until there are none: one from another thread, or from this run,
                // would
                // follow at once, and whoever always has more would keep the loop from reading. So it is for the next
                // iteration.
                loop.execute(runAfterIteration);
            }
        } catch (RejectedExecutionException e) {
            // The loop has ended, and its connections with it.
        }
    }

    @Override
    public void run() {
        Member next = reverse(top.getAndSet(null));
        if (next == null) {
            return;
        }
        isRunning = true;
        long now = clock.getAsLong();
        while (next != null) {
            Member member = next;
            next = member.below;
            member.below = null;
            member.listed = 0;
            member.drain(now);
        }
        isRunning = false;
    }

    private static @Nullable Member reverse(@Nullable Member stack) {
        Member reversed = null;
        Member next = stack;
        while (next != null) {
            Member below = next.below;
            next.below = reversed;
            reversed = next;
            next = below;
        }
        return reversed;
    }
}
