/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.portfolio;

record Trade(Action action, String ticker, int shares) {

    enum Action {
        BUY,
        SELL
    }

    /** The shares that come in, or go out. */
    int change() {
        return action == Action.BUY ? shares : -shares;
    }
}
