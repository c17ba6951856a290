/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.UseMainMethod;
import org.springframework.core.annotation.AliasFor;

/**
 * A test of a whole application, on a port of its own, whose methods may have a parameter {@link StompProbes}: clients which record all
 * that comes, and are closed when the test is over.
 *
 * <p>It is a {@link SpringBootTest} on a random port. With an own {@code @SpringBootTest(webEnvironment = RANDOM_PORT)}, or another one
 * that listens, {@code @ExtendWith(StompProbesExtension.class)} does the same.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ExtendWith(StompProbesExtension.class)
public @interface HoofbeatTest {

    /** Properties of the application, as {@code "hoofbeat.queues=/queue/**"}. */
    @AliasFor(annotation = SpringBootTest.class)
    String[] properties() default {};

    /** Arguments of the application. */
    @AliasFor(annotation = SpringBootTest.class)
    String[] args() default {};

    /** Its configuration; by default the {@code @SpringBootApplication} above the test. */
    @AliasFor(annotation = SpringBootTest.class)
    Class<?>[] classes() default {};

    /** Whether the application is started by its main method. */
    @AliasFor(annotation = SpringBootTest.class)
    UseMainMethod useMainMethod() default UseMainMethod.NEVER;
}
