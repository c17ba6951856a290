@SpringBootApplication
public class ClientWebSocketSockJsStompApplication {

   public static void main(String[] args) {
       new SpringApplicationBuilder(ClientWebSocketSockJsStompApplication.class)
               .web(WebApplicationType.NONE)
               .run(args);
   }
}
