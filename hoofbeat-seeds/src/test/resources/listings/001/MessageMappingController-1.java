@Controller
public class MessageMappingController {

   @MessageMapping("/request")
   public void handleMessageWithoutResponse(String message) {
       logger.info("Message without response: {}", message);
   }
}
