/*
 * A NAT instance: the machines of private subnets reach the internet through it.
 *
 * Needs: a public subnet, an address of it that nothing else has, the route table of the private subnets,
 * and the range of those.
 *
 * The route points at the pool's interface and never changes. When the machine is replaced, the interface,
 * its private and its public address stay, so the far side goes on seeing the same address. Connections
 * that were open break: the new machine does not know them.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { NetworkInterfacePool } from "../../components/networkInterfacePool";

/**
 * Makes Amazon Linux 2023 forward and masquerade what comes in on the pool's interface. It puts itself
 * among the scripts of every boot, since what it sets is gone after one.
 */
function forwardThrough(address: string): string {
  return `#!/bin/bash
set -euo pipefail
script=/var/lib/cloud/scripts/per-boot/nat.sh
[ "$0" = "$script" ] || install -m 755 "$0" "$script"

# The pool's interface comes while the machine boots.
gateway=""
until [ -n "$gateway" ]; do
  sleep 1
  device=$(ip -o -4 address show to ${address}/32 | awk '{ print $2; exit }')
  [ -z "$device" ] || gateway=$(ip -4 route show table all default dev "$device" | awk '{ print $3; exit }')
done

# systemd-networkd would take routes away that it did not make.
mkdir -p /etc/systemd/networkd.conf.d
printf '[Network]\\nManageForeignRoutes=no\\n' > /etc/systemd/networkd.conf.d/nat.conf
systemctl restart systemd-networkd

# All goes out where the public address is; the machine's own interface has none.
ip -4 route replace default via "$gateway" dev "$device" metric 1
sysctl -w net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=2

command -v nft > /dev/null || dnf install -y nftables
nft -f - <<RULES
table ip nat {
  chain postrouting {
    type nat hook postrouting priority srcnat;
    oifname "$device" masquerade
  }
}
RULES
`;
}

export = () => {
  const config = new pulumi.Config();
  const subnetId = config.require("subnetId");
  const address = config.require("address");
  const everywhere = { protocol: "-1", fromPort: 0, toPort: 0 };
  const securityGroup = new aws.ec2.SecurityGroup("nat", {
    description: "NAT: private subnets in, everything out",
    vpcId: aws.ec2.getSubnetOutput({ id: subnetId }).vpcId,
    ingress: [{ ...everywhere, cidrBlocks: [config.require("privateCidrBlock")] }],
    egress: [{ ...everywhere, cidrBlocks: ["0.0.0.0/0"] }],
  });
  const pool = new NetworkInterfacePool("nat", {
    subnetId,
    addresses: [address],
    publicAddresses: true,
    sourceDestCheck: false,
    securityGroupIds: [securityGroup.id],
    group: { userData: forwardThrough(address) },
  });
  new aws.ec2.Route("private", {
    routeTableId: config.require("privateRouteTableId"),
    destinationCidrBlock: "0.0.0.0/0",
    networkInterfaceId: pool.networkInterfaceIds.apply(
      ([networkInterfaceId = ""]) => networkInterfaceId,
    ),
  });
  return { publicAddress: pool.publicIps.apply(([publicIp]) => publicIp) };
};
