/* SPDX-License-Identifier: Apache-2.0 */
/** The {@code hoofbeat} command: runs a server, and talks to any STOMP server. */
@NullMarked
package io.hoofbeat.cli;

import org.jspecify.annotations.NullMarked;
