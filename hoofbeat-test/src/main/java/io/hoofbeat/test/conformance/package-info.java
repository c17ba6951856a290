/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The conformance suite: every requirement on a server, over every transport, against this server or any other.
 *
 * <p>A test's name begins with the id of the requirement that it proves; further ids are tags. The suite starts servers of its
 * own, or speaks to the one that the system properties of {@link Target} name.
 */
@NullMarked
package io.hoofbeat.test.conformance;

import org.jspecify.annotations.NullMarked;
