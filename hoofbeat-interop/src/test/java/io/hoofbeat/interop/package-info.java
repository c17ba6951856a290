/* SPDX-License-Identifier: Apache-2.0 */
/** Clients of other projects that need more than a program to be run: a browser, and Spring. */
@NullMarked
package io.hoofbeat.interop;

import org.jspecify.annotations.NullMarked;
