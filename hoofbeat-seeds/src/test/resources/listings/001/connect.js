let stomp = null;

// 'Connect' button click handler
function connect() {
   stomp = webstomp.over(new SockJS('/websocket-sockjs-stomp'));

   stomp.connect({}, function (frame) {
       stomp.subscribe('/app/subscribe', function (response) {
           log(response);
       });

       const subscription = stomp.subscribe('/queue/responses', function (response) {
           log(response);
       });

       stomp.subscribe('/queue/errors', function (response) {
           log(response);

           console.log('Client unsubscribes: ' + subscription);
           subscription.unsubscribe({});
       });

       stomp.subscribe('/topic/periodic', function (response) {
           log(response);
       });
   });
}

// 'Disconnect' button click handler
function disconnect() {
   if (stomp !== null) {
       stomp.disconnect(function() {
           console.log("Client disconnected");
       });
       stomp = null;
   }
}
