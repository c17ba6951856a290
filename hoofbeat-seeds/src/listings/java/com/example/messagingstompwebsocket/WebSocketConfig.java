/* SPDX-License-Identifier: Apache-2.0 */
package com.example.messagingstompwebsocket;

import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

@Configuration
@EnableWebSocketMessageBroker
public class WebSocketConfig implements WebSocketMessageBrokerConfigurer {

  @Override
  public void configureMessageBroker(MessageBrokerRegistry config) {
    // 服务端给客户端推送消息时，客户端订阅的destination前缀
    config.enableSimpleBroker("/topic");
    // 客户端给服务端发送消息时，服务端的destination前缀，配合注解MessageMapping使用
    config.setApplicationDestinationPrefixes("/app");
  }

  @Override
  public void registerStompEndpoints(StompEndpointRegistry registry) {
    // 客户端和服务端建立WebSocket连接的endpoint
    registry.addEndpoint("/gs-guide-websocket").withSockJS();
  }

}
