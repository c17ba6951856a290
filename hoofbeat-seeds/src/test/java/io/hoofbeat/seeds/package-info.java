/* SPDX-License-Identifier: Apache-2.0 */
/** The listings of five texts about STOMP, run with the starter. */
@NullMarked
package io.hoofbeat.seeds;

import org.jspecify.annotations.NullMarked;
