/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** STOMP straight on a socket, with TLS or without; and the socket beneath {@link WebSocketWire}. */
final class StreamWire implements Wire {

    /** Believes every certificate: what is tested is STOMP. */
    private static final SSLContext TRUSTING = trusting();

    private final Socket tcp;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] buffer = new byte[64 * 1024];
    private long octetsRead;

    private StreamWire(Socket tcp, Socket socket) throws IOException {
        this.tcp = tcp;
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    @SuppressWarnings("AddressSelection") // host names in tests have one address
    static StreamWire connect(String host, int port, boolean tls, StompPeer.Builder options) throws IOException {
        Socket tcp = new Socket();
        try {
            if (options.receiveBuffer > 0) {
                tcp.setReceiveBufferSize(options.receiveBuffer);
            }
            tcp.setTcpNoDelay(true);
            if (options.localAddress != null) {
                tcp.bind(new InetSocketAddress(options.localAddress, 0));
            }
            tcp.connect(new InetSocketAddress(host, port), options.timeoutMillis);
            tcp.setSoTimeout(options.timeoutMillis);
            if (!tls) {
                return new StreamWire(tcp, tcp);
            }
            SSLSocket secure =
                    (SSLSocket) options.contextOr(TRUSTING).getSocketFactory().createSocket(tcp, host, port, true);
            secure.startHandshake();
            return new StreamWire(tcp, secure);
        } catch (IOException | RuntimeException e) {
            tcp.close();
            throw e;
        }
    }

    @Override
    public void write(byte[] octets) throws IOException {
        out.write(octets);
        out.flush();
    }

    @Override
    public @Nullable Chunk read(int millis) throws IOException {
        socket.setSoTimeout(Math.max(1, millis));
        try {
            int length = in.read(buffer);
            octetsRead += Math.max(0, length);
            return length < 0 ? null : new Chunk(Arrays.copyOf(buffer, length), false, false);
        } catch (SocketTimeoutException e) {
            return NOTHING;
        }
    }

    @Override
    public void finish() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void reset() throws IOException {
        tcp.setSoLinger(true, 0);
        tcp.close();
    }

    @Override
    public int closeCode() {
        return 0;
    }

    @Override
    public String closeReason() {
        return "";
    }

    @Override
    public long octetsRead() {
        return octetsRead;
    }

    @Override
    public int localPort() {
        return tcp.getLocalPort();
    }

    @Override
    public int remotePort() {
        return tcp.getPort();
    }

    @Override
    public void close() throws IOException {
        try {
            socket.close();
        } finally {
            tcp.close();
        }
    }

    private static SSLContext trusting() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustEverything()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no TLS", e);
        }
    }

    /** The certificates of tests are their own. */
    private static final class TrustEverything implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
