    @Controller
    public class GreetingController {

        @MessageMapping("/greeting") {
        public String handle(String greeting) {
            return "[" + getTimestamp() + ": " + greeting;
        }
    }
