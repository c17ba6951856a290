/* SPDX-License-Identifier: Apache-2.0 */
/** A load tool for any STOMP server: drives it, checks that nothing is lost, and tells what a message costs the server. */
@NullMarked
package io.hoofbeat.bench;

import org.jspecify.annotations.NullMarked;
