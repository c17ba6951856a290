/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

/** Whoever publishes: a session, the application, a relay. */
interface Publisher {

    /** Somebody who cannot wait: dead letters, the application. */
    Publisher IMPATIENT = new Publisher() {
        @Override
        public boolean canWait() {
            return false;
        }

        @Override
        public long number() {
            return 0;
        }

        @Override
        public void stall() {}

        @Override
        public void release() {}
    };

    /** Whether {@link #stall} has an effect. */
    boolean canWait();

    /** The session's number; 0 if it is none. */
    long number();

    /** Publishes no more until released as often as stalled. Called by the thread that publishes. */
    void stall();

    /** Publishing cost so much: about how many subscribers were looked at. Called by the thread that publishes. */
    default void worked(int steps) {}

    /** Any thread; may come before the stall that it belongs to. */
    void release();
}
