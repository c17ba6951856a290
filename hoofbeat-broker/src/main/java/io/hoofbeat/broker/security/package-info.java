/* SPDX-License-Identifier: Apache-2.0 */
/** File-based users and access rules behind {@link io.hoofbeat.broker.Authenticator} and {@link io.hoofbeat.broker.Authorizer}. */
@NullMarked
package io.hoofbeat.broker.security;

import org.jspecify.annotations.NullMarked;
