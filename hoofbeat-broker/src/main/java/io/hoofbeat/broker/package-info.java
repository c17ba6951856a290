/* SPDX-License-Identifier: Apache-2.0 */
/** The engine: who is connected, who wants what, and who gets which message. */
@NullMarked
package io.hoofbeat.broker;

import org.jspecify.annotations.NullMarked;
