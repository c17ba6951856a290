@Controller
public class MessageMappingController {

   @MessageMapping("/request")
   @SendTo("/queue/responses")
   public String handleMessageWithResponse(String message) {
       logger.info("Message with response: {}" + message);
       if (message.equals("zero")) {
           throw new RuntimeException(String.format("'%s' is rejected", message));
       }
       return "response to " + HtmlUtils.htmlEscape(message);
   }

   @MessageExceptionHandler
   @SendTo("/queue/errors")
   public String handleException(Throwable exception) {
       return "server exception: " + exception.getMessage();
   }
}
