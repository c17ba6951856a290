// SPDX-License-Identifier: Apache-2.0
// 'Send' button click handler
function send() {
   const output = $("#output").val();
   console.log("Client sends: " + output);
   stomp.send("/app/request", output, {});
}
