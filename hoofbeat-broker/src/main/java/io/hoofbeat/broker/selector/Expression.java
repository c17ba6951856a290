/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.selector;

/** A node of a parsed selector. */
sealed interface Expression permits Condition, Term {}
