/* SPDX-License-Identifier: Apache-2.0 */
/** The client: connects over TCP, TLS or WebSocket; subscribes, sends, asks and is answered; futures for receipts. */
@NullMarked
package io.hoofbeat.client;

import org.jspecify.annotations.NullMarked;
