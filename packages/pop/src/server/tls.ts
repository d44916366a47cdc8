// TLS as this server speaks it: 1.2 or later (RFC 8997), no renegotiation, no question for a client certificate,
// ALPN `pop3` or none, session tickets; the same for POP3S and after STLS.
import { constants } from "node:crypto";
import type { Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import type { SecureContext, SecureContextOptions, TLSSocketOptions } from "node:tls";
import type { Certificates } from "./certificates.ts";

/** Throws what createSecureContext throws on a certificate or key that cannot be used. */
export function serverContext(options: SecureContextOptions): SecureContext {
  return createSecureContext({
    // Sessions are resumed only by a server that calls itself the same.
    sessionIdContext: "pop3",
    ...options,
    minVersion: options.minVersion === "TLSv1.3" ? "TLSv1.3" : "TLSv1.2",
    // A renegotiation costs the server more than the client, and would void the channel binding (RFC 9266 §4.2).
    secureOptions: (options.secureOptions ?? 0) | constants.SSL_OP_NO_RENEGOTIATION,
  });
}

/** The server's end of TLS over a connected socket, which it takes over; emits `secure` after the handshake. */
export function startTls(socket: Socket, { context, choose }: Certificates): TLSSocket {
  const options: TLSSocketOptions & { readonly highWaterMark: number } = {
    isServer: true,
    secureContext: context,
    ...(choose !== undefined && { SNICallback: choose }),
    requestCert: false,
    ALPNProtocols: ["pop3"], // IANA's name for it; a client that offers only others is refused by alert
    highWaterMark: socket.writableHighWaterMark,
  };
  return new TLSSocket(socket, options);
}
