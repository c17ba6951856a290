/* SPDX-License-Identifier: Apache-2.0 */
/** What a STOMP frame is and how it looks on the wire in 1.0, 1.1 and 1.2. */
@NullMarked
package io.hoofbeat.protocol;

import org.jspecify.annotations.NullMarked;
