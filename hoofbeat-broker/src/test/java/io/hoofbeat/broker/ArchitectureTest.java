/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the packages, and the few names that packages do not have. */
@AnalyzeClasses(packages = "io.hoofbeat", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule engineKnowsOnlySelectorsAndTheProtocol = classes()
            .that()
            .resideInAPackage("io.hoofbeat.broker")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.hoofbeat.broker",
                    "io.hoofbeat.broker.selector",
                    "io.hoofbeat.protocol",
                    "io.netty.buffer",
                    "io.netty.util..",
                    "java..",
                    "org.jspecify.annotations");

    @ArchTest
    static final ArchRule selectorsKnowNoBroker = noClasses()
            .that()
            .resideInAPackage("io.hoofbeat.broker.selector")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.hoofbeat.broker", "io.hoofbeat.broker.security", "io.netty..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule protocolKnowsOnlyBuffers = classes()
            .that()
            .resideInAPackage("io.hoofbeat.protocol")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.hoofbeat.protocol", "io.netty.buffer", "io.netty.util..", "java..", "org.jspecify.annotations");

    @ArchTest
    static final ArchRule noSockets = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.netty.channel..", "io.netty.bootstrap..", "java.net.http..", "java.nio.channels..");

    @ArchTest
    static final ArchRule noCycles =
            slices().matching("io.hoofbeat.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packagesAreNamedForAConcern =
            noClasses().should().resideInAnyPackage("..internal..", "..impl..", "..util..", "..common..");
}
