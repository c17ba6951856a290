/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

/** How a delivery ends. */
enum Settlement {
    /** Consumed. */
    ACKNOWLEDGED,
    /** Not consumed; it counts as failed, and another consumer is preferred (SX-NACK-1). */
    REFUSED,
    /** Not consumed, and nobody else is to try. */
    DEAD
}
