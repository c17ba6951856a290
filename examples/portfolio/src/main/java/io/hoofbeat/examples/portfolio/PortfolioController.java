/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.portfolio;

import java.security.Principal;
import java.util.List;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.simp.annotation.SendToUser;
import org.springframework.messaging.simp.annotation.SubscribeMapping;
import org.springframework.stereotype.Controller;

@Controller
class PortfolioController {
    private final Portfolios portfolios;

    PortfolioController(Portfolios portfolios) {
        this.portfolios = portfolios;
    }

    @SubscribeMapping("/positions")
    List<Position> positions(Principal user) {
        return portfolios.of(user.getName());
    }

    /** Wherever the user is logged in, the new position is seen. */
    @MessageMapping("/trade")
    @SendToUser("/queue/position-updates")
    Position trade(Trade trade, Principal user) {
        return portfolios.execute(user.getName(), trade);
    }

    @MessageExceptionHandler
    @SendToUser(value = "/queue/errors", broadcast = false)
    String refused(TradeRefusedException refusal) {
        return refusal.getMessage();
    }
}
