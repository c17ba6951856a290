/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Configuration: {@code hoofbeat.yml}, environment and flags, all under the names of the builders' methods, which are marked with
 * {@link io.hoofbeat.broker.Setting}.
 */
@NullMarked
package io.hoofbeat.server.config;

import org.jspecify.annotations.NullMarked;
