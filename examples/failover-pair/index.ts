/*
 * A failover pair: one machine serves, the other one runs already and waits to take over.
 *
 * Needs: a subnet, an address of it that nothing else has, and a security group that lets the clients in.
 *
 * When EC2 stops or ends the machine that serves, its address and MAC move to the other one within seconds,
 * since nothing has to launch first; the group then launches a new standby. A machine that hangs is given up by
 * its group after minutes, when its status checks have failed for so long. What the first had in memory does not
 * move: keep state outside of both.
 */
import * as pulumi from "@pulumi/pulumi";
import { NetworkInterfacePool } from "../../components/networkInterfacePool";

/** The service runs on both; listening on every address, it serves as soon as the pool's comes. */
const userData = `#!/bin/bash
set -euo pipefail
# Install and start the service here, listening on 0.0.0.0.
`;

export = () => {
  const config = new pulumi.Config();
  const pool = new NetworkInterfacePool("pair", {
    subnetId: config.require("subnetId"),
    securityGroupIds: [config.require("securityGroupId")],
    addresses: [config.require("address")],
    // Lets the second machine into service though there is no address for it.
    whenExhausted: "continue",
    group: { desiredCapacity: 2, maxSize: 2, userData },
  });
  return {
    address: pool.addresses.apply(([address]) => address),
    macAddress: pool.macAddresses.apply(([macAddress]) => macAddress),
  };
};
