/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.examples.portfolio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.browser.Chromium;
import io.hoofbeat.examples.portfolio.Trade.Action;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.chrome.ChromeDriver;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "portfolio.quotes=200ms")
class PortfolioTest {
    @LocalServerPort
    private int port;

    private StompSession connect(String user) throws Exception {
        return Login.as(user, port).connect(new StompSessionHandlerAdapter() {});
    }

    @Test
    void pricesComeByTheirPattern() throws Exception {
        StompSession fabrice = connect("fabrice");
        Received<Quote> quotes = Received.of(Quote.class);
        fabrice.subscribe("/topic/price.stock.*", quotes);
        assertThat(quotes.next().price()).isPositive();
        fabrice.disconnect();
    }

    @Test
    void tradeChangesThePositionsOfItsUserAlone() throws Exception {
        StompSession fabrice = connect("fabrice");
        StompSession elsewhere = connect("fabrice");
        StompSession paulson = connect("paulson");
        Received<Position> updates = Received.of(Position.class);
        Received<Position> updatesElsewhere = Received.of(Position.class);
        Received<Position> ofPaulson = Received.of(Position.class);
        Received<Position[]> before = Received.of(Position[].class);
        elsewhere.subscribe("/user/queue/position-updates", updatesElsewhere);
        elsewhere.subscribe("/app/positions", before);
        assertThat(shares(before.next(), "DELL")).isEqualTo(50);
        fabrice.subscribe("/user/queue/position-updates", updates);
        paulson.subscribe("/user/queue/position-updates", ofPaulson);
        fabrice.send("/app/trade", new Trade(Action.BUY, "DELL", 25));
        assertThat(updates.next().shares()).isEqualTo(75);
        assertThat(updatesElsewhere.next().shares()).isEqualTo(75);
        paulson.send("/app/trade", new Trade(Action.SELL, "DELL", 1));
        assertThat(ofPaulson.next().shares()).isEqualTo(49); // and nothing of fabrice's before it
        fabrice.disconnect();
        elsewhere.disconnect();
        paulson.disconnect();
    }

    private static int shares(Position[] positions, String ticker) {
        return Arrays.stream(positions)
                .filter(position -> position.ticker().equals(ticker))
                .findFirst()
                .orElseThrow()
                .shares();
    }

    @Test
    void whoHasTooFewSharesIsTold() throws Exception {
        StompSession paulson = connect("paulson");
        Received<String> errors = Received.of(String.class);
        paulson.subscribe("/user/queue/errors", errors);
        paulson.send("/app/trade", new Trade(Action.SELL, "EMC", 11));
        assertThat(errors.next()).isEqualTo("you have 10 shares of EMC");
        paulson.disconnect();
    }

    @Test
    void nobodyQuotesPricesButTheExchange() throws Exception {
        BlockingQueue<String> refused = new LinkedBlockingQueue<>();
        StompSession paulson = Login.as("paulson", port).connect(new StompSessionHandlerAdapter() {
            @Override
            public void handleFrame(StompHeaders headers, Object payload) {
                refused.add(String.valueOf(headers.getFirst("message")));
            }
        });
        paulson.send("/topic/price.stock.EMC", new Quote("EMC", java.math.BigDecimal.ZERO));
        assertThat(refused.poll(10, TimeUnit.SECONDS)).contains("Access denied");
    }

    @Test
    void pageTradesAfterALogin() {
        try (Chromium chromium = Chromium.start()) {
            chromium.open("http://localhost:" + port);
            ChromeDriver page = chromium.driver();
            page.findElement(By.name("username")).sendKeys("paulson");
            page.findElement(By.name("password")).sendKeys("paulson\n");
            await().until(() -> page.findElement(By.id("state")).getText().equals("paulson"));
            await().until(() ->
                    !page.findElements(By.cssSelector("#CTXS .shares")).isEmpty());
            assertThat(shares(page)).isEqualTo("75");
            page.findElement(By.cssSelector("button[value=BUY]")).click();
            await().until(() -> shares(page).equals("76"));
            page.findElement(By.name("shares")).clear();
            page.findElement(By.name("shares")).sendKeys("77");
            page.findElement(By.cssSelector("button[value=SELL]")).click();
            await().until(() -> page.findElement(By.id("notice")).getText().equals("you have 76 shares of CTXS"));
            page.findElement(By.cssSelector("#logout button")).click();
            await().until(() -> page.getCurrentUrl().endsWith("/login?logout"));
        }
    }

    private static String shares(ChromeDriver page) {
        return page.findElement(By.cssSelector("#CTXS .shares")).getText();
    }
}
