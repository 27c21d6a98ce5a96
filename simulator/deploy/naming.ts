import { Addresses, hexOf, ipv6AddressesOf, publicIpOf } from "./addresses";
import { findSubnet, type Surroundings } from "./providerFunctions";

/** The values that Pulumi and AWS choose for a resource, by its name in the program. */
export type Naming = ReturnType<typeof simulatedNaming>;

/** Names as AWS gives them, the same ones every time; addresses are free ones of the subnet. */
export function simulatedNaming({ existing }: Surroundings) {
  const addresses = new Addresses();
  for (const { subnetId, address } of existing.networkInterfaces) {
    addresses.take(findSubnet(existing, subnetId), address);
  }
  return {
    /** An id of EC2's: the prefix, and what tells this resource from others. */
    id: (prefix: string, name: string) => `${prefix}-${hexOf(name, 17)}`,
    /** The name in AWS of a resource that the program gives none. */
    physicalName: (type: string, name: string) => `${name}-${hexOf(`${type} ${name}`, 7)}`,
    address: (_: string, subnetId: unknown, wanted: string | undefined) =>
      addresses.take(findSubnet(existing, subnetId), wanted),
    ipv6Addresses: (name: string, subnetId: unknown, count: number) =>
      ipv6AddressesOf(name, count, findSubnet(existing, subnetId)),
    macAddress: (name: string) => `02:${(hexOf(name, 10).match(/../g) ?? []).join(":")}`,
    publicIp: publicIpOf,
  };
}
