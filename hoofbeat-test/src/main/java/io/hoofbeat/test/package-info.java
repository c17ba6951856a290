/* SPDX-License-Identifier: Apache-2.0 */
/** A scripted STOMP peer, for tests that show the wire. */
@NullMarked
package io.hoofbeat.test;

import org.jspecify.annotations.NullMarked;
