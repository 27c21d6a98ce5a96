/*
 * A licence server. Its licence is bound to a MAC address, and clients find it by its private address.
 *
 * Needs: a subnet, an address of it that nothing else has, and a security group that lets the clients in.
 *
 * When the machine is replaced, its private address and its MAC stay, and so the licence goes on being
 * valid. What is on its disk does not stay: the user data must bring the licence file and the server.
 */
import * as pulumi from "@pulumi/pulumi";
import { NetworkInterfacePool } from "../../components/networkInterfacePool";

/** Runs when the address is up. The licence must name this MAC, not that of the machine's own interface. */
const SERVE = `#!/bin/bash
set -euo pipefail
. /run/network-interface-pool.env
echo "$ADDRESS $MAC" > /etc/licence-server-identity
# Fetch and start the licence server here; let it listen on this address.
`;

export = () => {
  const config = new pulumi.Config();
  const address = config.require("address");
  const pool = new NetworkInterfacePool("licence", {
    subnetId: config.require("subnetId"),
    securityGroupIds: [config.require("securityGroupId")],
    addresses: [address],
    group: { waitForAddress: true, userData: SERVE },
  });
  return {
    address,
    // What the vendor of the licence asks for.
    macAddress: pool.macAddresses.apply(([macAddress]) => macAddress),
  };
};
