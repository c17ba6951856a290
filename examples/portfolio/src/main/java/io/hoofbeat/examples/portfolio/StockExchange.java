/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.portfolio;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.messaging.simp.SimpMessageSendingOperations;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Prices that go up and down, each at a destination of its own. */
@Component
class StockExchange {
    private final SimpMessageSendingOperations messages;
    private final Map<String, BigDecimal> prices = new ConcurrentHashMap<>(Map.of(
            "CTXS", new BigDecimal("24.30"),
            "DELL", new BigDecimal("13.44"),
            "EMC", new BigDecimal("24.19"),
            "VMW", new BigDecimal("65.58")));

    StockExchange(SimpMessageSendingOperations messages) {
        this.messages = messages;
    }

    @Scheduled(fixedRateString = "${portfolio.quotes:1s}")
    void quote() {
        prices.replaceAll((ticker, price) -> moved(price));
        prices.forEach(
                (ticker, price) -> messages.convertAndSend("/topic/price.stock." + ticker, new Quote(ticker, price)));
    }

    private static BigDecimal moved(BigDecimal price) {
        double factor = ThreadLocalRandom.current().nextDouble(0.99, 1.01);
        return price.multiply(BigDecimal.valueOf(factor)).setScale(2, RoundingMode.HALF_UP);
    }
}
