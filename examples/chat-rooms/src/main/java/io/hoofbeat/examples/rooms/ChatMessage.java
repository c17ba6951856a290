/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.rooms;

import java.time.Instant;

record ChatMessage(String author, String text, Instant at) {}
