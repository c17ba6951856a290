/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring.test;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/** Gives tests their {@link StompProbes}: one for each test, which is closed behind it. {@link HoofbeatTest} brings it along. */
public final class StompProbesExtension implements ParameterResolver {
    private static final ExtensionContext.Namespace OURS = ExtensionContext.Namespace.create(StompProbes.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == StompProbes.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        return test.getStore(OURS)
                .computeIfAbsent(
                        StompProbes.class,
                        key -> new StompProbes(SpringExtension.getApplicationContext(test)),
                        StompProbes.class);
    }
}
