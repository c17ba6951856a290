@Configuration
public class ClientWebSocketSockJsStompConfig {

   @Bean
   public WebSocketStompClient webSocketStompClient(WebSocketClient webSocketClient,
                                                    StompSessionHandler stompSessionHandler) {
       WebSocketStompClient webSocketStompClient = new WebSocketStompClient(webSocketClient);
       webSocketStompClient.setMessageConverter(new StringMessageConverter());
       webSocketStompClient.connect("http://localhost:8080/websocket-sockjs-stomp", stompSessionHandler);
       return webSocketStompClient;
   }

   @Bean
   public WebSocketClient webSocketClient() {
       List<Transport> transports = new ArrayList<>();
       transports.add(new WebSocketTransport(new StandardWebSocketClient()));
       transports.add(new RestTemplateXhrTransport());
       return new SockJsClient(transports);
   }

   @Bean
   public StompSessionHandler stompSessionHandler() {
       return new ClientStompSessionHandler();
   }
}
