// The server's end of a TLS connection, for what the -PLUS mechanisms of SASL bind to.
import type { TLSSocket } from "node:tls";
import { channelBindings, type ChannelBinding } from "../sasl/index.ts";

/** Every binding this connection can offer; `all` are the certificates the server has, in DER. */
export function channelBindingsOf(socket: TLSSocket, all: readonly Uint8Array[]): readonly ChannelBinding[] {
  return channelBindings({
    protocol: socket.getProtocol(),
    exportKeyingMaterial: (octets, label) => socket.exportKeyingMaterial(octets, label, Buffer.alloc(0)),
    serverCertificates: shownOn(socket, all),
  });
}

/**
 * A resumed session goes on with the certificate it began with, and OpenSSL does not tell which that was. Each of ours
 * is as good: whoever stands between needs the key of one of them, and could have asked for it by name.
 */
function shownOn(socket: TLSSocket, all: readonly Uint8Array[]): readonly Uint8Array[] {
  if (socket.isSessionReused() && all.length > 1) return all;
  const certificate = socket.getX509Certificate();
  return certificate === undefined ? [] : [certificate.raw];
}
