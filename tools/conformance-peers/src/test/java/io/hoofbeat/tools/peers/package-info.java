/* SPDX-License-Identifier: Apache-2.0 */
/** The conformance suite against other brokers. */
@NullMarked
package io.hoofbeat.tools.peers;

import org.jspecify.annotations.NullMarked;
