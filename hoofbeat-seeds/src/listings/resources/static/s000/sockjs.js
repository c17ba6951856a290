// SPDX-License-Identifier: Apache-2.0
var socket = new SockJS("/spring-websocket-portfolio/portfolio");
var stompClient = Stomp.over(socket);
    stompClient.connect({}, function(frame) {
        connected(frame); // repaired, was: ...do something with message
    }); // repaired, was: }
