/* SPDX-License-Identifier: Apache-2.0 */
/** Another server, for comparison. */
@NullMarked
package io.hoofbeat.bench.peer;

import org.jspecify.annotations.NullMarked;
