/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.portfolio;

import java.math.BigDecimal;

/** Shares that somebody has, and what one of them is worth. */
record Position(String ticker, String company, BigDecimal price, int shares) {

    Position plus(int more) {
        return new Position(ticker, company, price, shares + more);
    }
}
