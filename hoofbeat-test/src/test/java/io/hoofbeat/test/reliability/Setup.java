/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.reliability;

import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.broker.DestinationPolicy;
import io.hoofbeat.broker.DestinationPolicy.Kind;
import io.hoofbeat.broker.security.PasswordHash;
import io.hoofbeat.broker.security.User;
import io.hoofbeat.broker.security.Users;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** How the server under attack is configured: by its defaults but for what would make a case last too long. */
enum Setup {
    DEFAULTS {
        @Override
        BrokerOptions.Builder apply(BrokerOptions.Builder options) {
            return options;
        }
    },
    /** The time for CONNECT is short. */
    HURRY {
        @Override
        BrokerOptions.Builder apply(BrokerOptions.Builder options) {
            return options.connectTimeout(Duration.ofSeconds(Scale.of(2, 10)));
        }
    },
    /** Everybody needs a passcode: {@link #PASSCODE}, for user-0 and so on. */
    USERS {
        @Override
        BrokerOptions.Builder apply(BrokerOptions.Builder options) {
            PasswordHash hash = PasswordHash.of(PASSCODE);
            List<User> users = new ArrayList<>();
            for (int i = 0; i < USER_COUNT; i++) {
                users.add(new User("user-" + i, hash, Set.of()));
            }
            return options.authenticator(Users.of(users, false));
        }
    },
    /** Clients have to be heard every second. */
    HEART_BEATS {
        @Override
        BrokerOptions.Builder apply(BrokerOptions.Builder options) {
            return options.heartBeatReceive(Duration.ofSeconds(1));
        }
    },
    /** Deliveries have to be acknowledged, and transactions ended, within two seconds. */
    IMPATIENT {
        @Override
        BrokerOptions.Builder apply(BrokerOptions.Builder options) {
            return options.ackTimeout(Duration.ofSeconds(2)).transactionTimeout(Duration.ofSeconds(2));
        }
    },
    /** Destinations are forgotten soon, and refused messages come back soon. */
    FORGETFUL {
        @Override
        BrokerOptions.Builder apply(BrokerOptions.Builder options) {
            return options.idleDestination(Duration.ofSeconds(2))
                    .policy(DestinationPolicy.builder("/queue/poison/**", Kind.QUEUE)
                            .redeliveryDelay(Duration.ofMillis(20))
                            .build());
        }
    },
    /** A hundred sessions from one address, not more. */
    CROWDED {
        @Override
        BrokerOptions.Builder apply(BrokerOptions.Builder options) {
            return options.maxSessionsPerAddress(100);
        }
    };

    static final String PASSCODE = "correct horse";
    static final int USER_COUNT = 200;

    abstract BrokerOptions.Builder apply(BrokerOptions.Builder options);
}
