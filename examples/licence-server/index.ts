/*
 * A licence server. Its licence is bound to a MAC address, and clients find it by its private address.
 *
 * Needs: a subnet, and an address of it that nothing else has.
 *
 * When the machine is replaced, its private address and its MAC stay, and so the licence goes on being
 * valid. What is on its disk does not stay: the user data must bring the licence file and the server.
 */
import * as pulumi from "@pulumi/pulumi";
import { NetworkInterfacePool } from "../../components/networkInterfacePool";

/** The licence must name the MAC of the pool's interface, not that of the machine's own. */
function serveAt(address: string): string {
  return `#!/bin/bash
set -euo pipefail
echo "${address}" > /etc/licence-server-address
# Fetch and start the licence server here; let it listen on this address.
`;
}

export = () => {
  const config = new pulumi.Config();
  const address = config.require("address");
  const pool = new NetworkInterfacePool("licence", {
    subnetId: config.require("subnetId"),
    addresses: [address],
    group: { userData: serveAt(address) },
  });
  return {
    address,
    // What the vendor of the licence asks for.
    macAddress: pool.macAddresses.apply(([macAddress]) => macAddress),
  };
};
