/* SPDX-License-Identifier: Apache-2.0 */
package seeds.s004.receiving;

import java.util.Map;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.support.HttpSessionHandshakeInterceptor;

/** Not in the text, which only names it: the name comes from the address. */
@Component
public class ChatHandshakeInterceptor extends HttpSessionHandshakeInterceptor {
    @Override
    public boolean beforeHandshake(
            ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler, Map<String, Object> attributes)
            throws Exception {
        attributes.put("name", String.valueOf(request.getURI().getQuery()));
        return super.beforeHandshake(request, response, handler, attributes);
    }
}
