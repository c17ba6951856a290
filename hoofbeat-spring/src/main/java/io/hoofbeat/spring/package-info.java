/* SPDX-License-Identifier: Apache-2.0 */
/** Our engine in the place of Spring's simple broker. */
@NullMarked
package io.hoofbeat.spring;

import org.jspecify.annotations.NullMarked;
