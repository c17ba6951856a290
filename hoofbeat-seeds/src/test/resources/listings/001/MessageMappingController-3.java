@Controller
public class MessageMappingController {

   @MessageMapping("/request")
   public String handleMessageWithImplicitResponse(String message) {
       logger.info("Message with response: {}", message);
       return "response to " + HtmlUtils.htmlEscape(message);
   }
}
