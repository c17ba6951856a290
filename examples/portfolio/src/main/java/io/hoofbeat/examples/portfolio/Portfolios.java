/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.portfolio;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** What everybody has. */
@Component
class Portfolios {
    private static final List<Position> FIRST = List.of(
            new Position("CTXS", "Citrix Systems, Inc.", new BigDecimal("24.30"), 75),
            new Position("DELL", "Dell Inc.", new BigDecimal("13.44"), 50),
            new Position("EMC", "EMC Corporation", new BigDecimal("24.19"), 10),
            new Position("VMW", "VMware, Inc.", new BigDecimal("65.58"), 23));

    private final Map<String, Map<String, Position>> portfolios = new ConcurrentHashMap<>();

    List<Position> of(String user) {
        return positions(user).values().stream()
                .sorted(Comparator.comparing(Position::ticker))
                .toList();
    }

    /** The position as it is after the trade; refused if there are not so many shares. */
    Position execute(String user, Trade trade) {
        Position after =
                positions(user).computeIfPresent(trade.ticker(), (ticker, position) -> changed(position, trade));
        if (after == null) {
            throw new TradeRefusedException("there are no shares of " + trade.ticker());
        }
        return after;
    }

    private static Position changed(Position position, Trade trade) {
        if (trade.shares() <= 0) {
            throw new TradeRefusedException("one trades at least one share");
        }
        if (position.shares() + trade.change() < 0) {
            throw new TradeRefusedException("you have %d shares of %s".formatted(position.shares(), position.ticker()));
        }
        return position.plus(trade.change());
    }

    private Map<String, Position> positions(String user) {
        return portfolios.computeIfAbsent(
                user,
                name -> FIRST.stream()
                        .collect(Collectors.toMap(
                                Position::ticker, position -> position, (one, two) -> one, ConcurrentHashMap::new)));
    }
}
