@Controller
public class MessageMappingController {

   @MessageMapping("/request")
   @SendTo("/queue/responses")
   public String handleMessageWithExplicitResponse(String message) {
       logger.info("Message with response: {}", message);
       return "response to " + HtmlUtils.htmlEscape(message);
   }
}
