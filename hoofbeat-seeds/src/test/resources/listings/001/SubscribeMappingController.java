@Controller
public class SubscribeMappingController {

   @SubscribeMapping("/subscribe")
   public String sendOneTimeMessage() {
       return "server one-time message via the application";
   }
}
