/* SPDX-License-Identifier: Apache-2.0 */
/** For tests of Spring Boot applications: the application on a port of its own, and clients of STOMP that record what comes. */
@NullMarked
package io.hoofbeat.spring.test;

import org.jspecify.annotations.NullMarked;
