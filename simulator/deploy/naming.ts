import { Addresses, hexOf, ipv6AddressesOf, publicIpOf } from "./addresses";
import { findSubnet, type Surroundings } from "./providerFunctions";

/** The values that Pulumi and AWS choose for a resource, by its name in the program. */
export interface Naming {
  /** An id of EC2's: the prefix, and what tells this resource from others. */
  id(prefix: string, name: string): string;
  /** The name in AWS of a resource that the program gives none. */
  physicalName(type: string, name: string): string;
  /** The address of an interface: the wanted one, or one of the subnet's. */
  address(name: string, subnetId: unknown, wanted: string | undefined): string;
  ipv6Addresses(name: string, subnetId: unknown, count: number): string[];
  macAddress(name: string): string;
  publicIp(name: string): string;
}

/** Names as AWS gives them, the same ones every time; addresses are free ones of the subnet. */
export function simulatedNaming({ existing }: Surroundings): Naming {
  const addresses = new Addresses();
  for (const { subnetId, address } of existing.networkInterfaces) {
    addresses.take(findSubnet(existing, subnetId), address);
  }
  return {
    id: (prefix, name) => `${prefix}-${hexOf(name, 17)}`,
    physicalName: (type, name) => `${name}-${hexOf(`${type} ${name}`, 7)}`,
    address: (_, subnetId, wanted) => addresses.take(findSubnet(existing, subnetId), wanted),
    ipv6Addresses: (name, subnetId, count) =>
      ipv6AddressesOf(name, count, findSubnet(existing, subnetId)),
    macAddress: (name) => `02:${(hexOf(name, 10).match(/../g) ?? []).join(":")}`,
    publicIp: publicIpOf,
  };
}
