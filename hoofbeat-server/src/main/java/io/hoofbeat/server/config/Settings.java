/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server.config;

import io.hoofbeat.broker.Setting;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a builder can be told: its public methods with {@link Setting}, by name and in the order of the names.
 *
 * <p>Defaults are not said twice: they are asked of what the builder builds when it is told nothing.
 */
final class Settings {
    private final Map<String, Method> methods = new TreeMap<>();

    private Settings() {}

    static Settings of(Class<?> builder) {
        Settings settings = new Settings();
        for (Method method : builder.getMethods()) {
            if (method.isAnnotationPresent(Setting.class) && !method.isBridge()) {
                settings.methods.put(Type.name(method.getName()), method);
            }
        }
        return settings;
    }

    /** As options below that path. The function gives a default by the name of the method; null if there is none. */
    List<Option> options(String path, Function<String, @Nullable Object> standards) {
        return options(path, name -> true, standards);
    }

    /** The same for some of them. */
    List<Option> options(String path, Predicate<String> some, Function<String, @Nullable Object> standards) {
        return methods.entrySet().stream()
                .filter(entry -> some.test(entry.getKey()))
                .map(entry -> option(Element.path(path, entry.getKey()), entry.getValue(), standards))
                .toList();
    }

    private static Option option(String path, Method method, Function<String, @Nullable Object> standards) {
        Setting setting = method.getAnnotation(Setting.class);
        Class<?> parameter = method.getParameterTypes()[0];
        return Option.of(path, type(parameter, setting.bytes()), setting.value())
                .within(
                        setting.min(),
                        parameter == int.class ? Math.min(setting.max(), Integer.MAX_VALUE) : setting.max())
                .secretIf(setting.secret())
                .withChoices(choices(parameter))
                .withStandard(canonical(standards.apply(method.getName())));
    }

    private static Type type(Class<?> parameter, boolean bytes) {
        if (parameter == int.class || parameter == long.class) {
            return bytes ? Type.SIZE : Type.NUMBER;
        } else if (parameter == double.class) {
            return Type.DECIMAL;
        } else if (parameter == boolean.class) {
            return Type.BOOLEAN;
        } else if (parameter == Duration.class) {
            return Type.DURATION;
        } else if (parameter == String.class) {
            return Type.TEXT;
        } else if (parameter == Path.class) {
            return Type.FILE;
        } else if (Collection.class.isAssignableFrom(parameter)) {
            return Type.TEXTS;
        } else if (parameter.isEnum()) {
            return Type.CHOICE;
        }
        throw new IllegalArgumentException("a setting cannot be a " + parameter);
    }

    private static List<String> choices(Class<?> parameter) {
        Object[] constants = parameter.getEnumConstants();
        return constants == null
                ? List.of()
                : Arrays.stream(constants)
                        .map(constant -> Type.name(((Enum<?>) constant).name()))
                        .toList();
    }

    /** A default as {@link Type#parse} would give it. */
    static @Nullable Object canonical(@Nullable Object value) {
        if (value instanceof Integer number) {
            return number.longValue();
        } else if (value instanceof Enum<?> constant) {
            return Type.name(constant.name());
        } else if (value instanceof Collection<?> texts) {
            return texts.stream().map(String::valueOf).sorted().toList();
        }
        return value;
    }

    /**
     * Tells a builder.
     *
     * @throws IllegalArgumentException if the builder refuses the value
     */
    void apply(Object builder, String name, Object value) {
        Method method = methods.get(name);
        if (method == null) {
            throw new IllegalStateException(builder.getClass() + " has no setting " + name);
        }
        try {
            method.invoke(builder, argument(method.getParameterTypes()[0], value));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refusal) {
                throw refusal;
            }
            throw new IllegalStateException("setting " + name, e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("setting " + name, e);
        }
    }

    private static Object argument(Class<?> parameter, Object value) {
        if (parameter == int.class) {
            return Math.toIntExact((Long) value);
        } else if (parameter.isEnum()) {
            return Arrays.stream(parameter.getEnumConstants())
                    .filter(constant -> Type.name(((Enum<?>) constant).name()).equals(value))
                    .findFirst()
                    .orElseThrow();
        } else if (parameter == java.util.Set.class) {
            return java.util.Set.copyOf(Type.texts(value));
        }
        return value;
    }
}
