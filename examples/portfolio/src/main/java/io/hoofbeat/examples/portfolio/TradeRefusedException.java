/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.portfolio;

class TradeRefusedException extends RuntimeException {

    TradeRefusedException(String message) {
        super(message);
    }
}
