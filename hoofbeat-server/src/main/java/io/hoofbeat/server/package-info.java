/* SPDX-License-Identifier: Apache-2.0 */
/** Endpoints: from a bound port to a session, and back to the socket. */
@NullMarked
package io.hoofbeat.server;

import org.jspecify.annotations.NullMarked;
