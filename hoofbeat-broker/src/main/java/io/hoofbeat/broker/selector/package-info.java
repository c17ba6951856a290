/* SPDX-License-Identifier: Apache-2.0 */
/** SQL-92 selectors: text in, predicate over headers out; knows nothing of brokers. */
@NullMarked
package io.hoofbeat.broker.selector;

import org.jspecify.annotations.NullMarked;
