/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a builder's method that is a setting: file, environment, flags and documentation all take its name, in their own spelling
 * ({@code outboxHighWater}: {@code outbox-high-water}, {@code HOOFBEAT_BROKER_OUTBOX_HIGH_WATER}), its text and its bounds from here.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Setting {

    /** What it is, one sentence. */
    String value();

    /** Whether the number is one of octets, and may be written as "64 KiB" or "16 MiB". */
    boolean bytes() default false;

    /** The least value, in milliseconds for durations. */
    long min() default 0;

    /** The greatest value, in milliseconds for durations. */
    long max() default Long.MAX_VALUE;

    /** Whether it must not be shown: a passcode. */
    boolean secret() default false;
}
