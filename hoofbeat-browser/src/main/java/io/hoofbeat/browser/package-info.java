/* SPDX-License-Identifier: Apache-2.0 */
/** A browser for tests. */
@NullMarked
package io.hoofbeat.browser;

import org.jspecify.annotations.NullMarked;
