/*
 * A cluster of three, like a quorum of etcd, ZooKeeper or Consul, whose members name each other in their
 * configuration.
 *
 * Needs: a subnet, three addresses of it that nothing else has, and a security group that lets the members and
 * their clients in.
 *
 * When a member is replaced, the new machine has its address and MAC, so the others need not be told.
 * Data on its disk does not stay: the new member must fetch it from the others.
 */
import * as pulumi from "@pulumi/pulumi";
import { NetworkInterfaceManager } from "../../components/networkInterfaceManager";
import { NetworkInterfacePool } from "../../components/networkInterfacePool";

const POOL = "cluster";
const MEMBER_COUNT = 3;

/** Tells a member the addresses of all; which is its own it sees on its second interface. */
function tellMembers(addresses: string[]): string {
  return `#!/bin/bash
set -euo pipefail
cat > /etc/cluster-members <<MEMBERS
${addresses.join("\n")}
MEMBERS
# Install and start the cluster's software here.
`;
}

export = () => {
  const config = new pulumi.Config();
  const addresses = config.requireObject<string[]>("addresses");
  if (addresses.length !== MEMBER_COUNT) {
    throw new pulumi.RunError(
      `addresses has ${addresses.length} entries; write ${MEMBER_COUNT}, one for each member`,
    );
  }
  // A manager of its own name serves further clusters, too: add their pools here.
  const manager = new NetworkInterfaceManager("manager", { pools: [POOL] });
  const pool = new NetworkInterfacePool(POOL, {
    subnetId: config.require("subnetId"),
    securityGroupIds: [config.require("securityGroupId")],
    addresses,
    group: { userData: tellMembers(addresses) },
    manager,
  });
  return { addresses: pool.addresses, macAddresses: pool.macAddresses };
};
