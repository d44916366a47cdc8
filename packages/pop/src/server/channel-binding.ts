// The server's end of a TLS connection, for what the -PLUS mechanisms of SASL bind to.
import type { TLSSocket } from "node:tls";
import { channelBindings, type ChannelBinding } from "../sasl/index.ts";

/** Every binding this connection can offer. */
export function channelBindingsOf(socket: TLSSocket): readonly ChannelBinding[] {
  return channelBindings({
    protocol: socket.getProtocol(),
    exportKeyingMaterial: (octets, label) => socket.exportKeyingMaterial(octets, label, Buffer.alloc(0)),
    serverCertificate: socket.getX509Certificate()?.raw,
  });
}
