/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Runs a {@link Requirement} over each transport and in each version that it names, and cleans up behind it. */
final class SceneProvider implements TestTemplateInvocationContextProvider {

    /** Only these transports, when one is looking for something: a comma-separated list. */
    private static final String ONLY = System.getProperty("hoofbeat.conformance.transports", "");

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public boolean mayReturnZeroTestTemplateInvocationContexts(ExtensionContext context) {
        return true; // a server elsewhere may lack a transport
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        Requirement requirement = context.getRequiredTestMethod().getAnnotation(Requirement.class);
        List<TestTemplateInvocationContext> plays = new ArrayList<>();
        for (Transport transport : requirement.transports()) {
            boolean wanted = ONLY.isEmpty() || Arrays.asList(ONLY.split(",")).contains(transport.toString());
            boolean suits = (!transport.isSockJs() || requirement.notForSockJs().isEmpty())
                    && (transport != Transport.SOCKJS_XHR || !requirement.reading());
            for (String version : versions(requirement, transport)) {
                if (wanted && suits && Target.offers(transport)) {
                    plays.add(new Play(requirement, transport, version));
                }
            }
        }
        return plays.stream();
    }

    /** What SockJS puts around frames is the same in all versions, so that the last of them is enough there. */
    private static List<String> versions(Requirement requirement, Transport transport) {
        List<String> all = List.of(requirement.versions());
        return transport.isSockJs() ? all.subList(all.size() - 1, all.size()) : all;
    }

    /** One run of a test. */
    private static final class Play
            implements TestTemplateInvocationContext, BeforeEachCallback, AfterEachCallback, ParameterResolver {
        private final Requirement requirement;
        private final Transport transport;
        private final String version;
        private @Nullable Scene scene; // null until the test begins

        Play(Requirement requirement, Transport transport, String version) {
            this.requirement = requirement;
            this.transport = transport;
            this.version = version;
        }

        @Override
        public String getDisplayName(int index) {
            return "[" + transport + " " + version + "]";
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this);
        }

        @Override
        public void beforeEach(ExtensionContext context) {
            scene();
        }

        private Scene scene() {
            if (scene == null) {
                Target target = Target.of(requirement.setup(), requirement.inside());
                Assumptions.assumeTrue(
                        target != null, "not applicable: needs a server set up as " + requirement.setup());
                scene = new Scene(java.util.Objects.requireNonNull(target), transport, version);
            }
            return scene;
        }

        @Override
        public void afterEach(ExtensionContext context) {
            if (scene != null) {
                scene.close(context.getExecutionException().isEmpty());
            }
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Scene.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return scene();
        }
    }
}
