import * as ipaddr from "ipaddr.js";
import { createHash } from "node:crypto";
import { AwsError, NotModelled } from "../aws/awsError";
import type { Subnet } from "../aws/ec2/state";

/** A subnet that exists before the program runs, or that the network of the program brings. */
export interface DeployedSubnet extends Subnet {
  cidrBlock: string;
  /** Absent where the subnet has none. */
  ipv6CidrBlock?: string;
  /** Whether its VPC has an internet gateway. */
  isPublic?: boolean;
}

const FIRST_USABLE_OFFSET = 4;

/** Half of an IPv6 address tells the subnet. */
const IPV6_PREFIX_PARTS = 4;

/** EC2's record of who has which address. */
export class Addresses {
  /** `VPC/number`, since VPCs may have the same ranges. */
  private readonly taken = new Set<string>();

  /** Takes an address of a subnet: the one that is wanted, or the first free one. */
  take({ vpcId, cidrBlock }: DeployedSubnet, wanted: string | undefined): string {
    const first = numberOf(ipaddr.IPv4.networkAddressFromCIDR(cidrBlock));
    const last = numberOf(ipaddr.IPv4.broadcastAddressFromCIDR(cidrBlock));
    const isTaken = (number: number) => this.taken.has(`${vpcId}/${number}`);
    let number =
      wanted === undefined ? first + FIRST_USABLE_OFFSET : numberOf(ipaddr.IPv4.parse(wanted));
    while (wanted === undefined && isTaken(number)) number += 1;
    if (isTaken(number)) {
      throw new AwsError("InvalidIPAddress.InUse", "The specified address is already in use.");
    }
    if (number < first + FIRST_USABLE_OFFSET || number >= last) {
      throw new AwsError(
        "InvalidParameterValue",
        "Address does not fall within the subnet's address range",
      );
    }
    this.taken.add(`${vpcId}/${number}`);
    return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
  }
}

/** IPv6 addresses of an interface, the same ones every time. */
export function ipv6AddressesOf(
  name: string,
  count: number,
  { ipv6CidrBlock }: DeployedSubnet,
): string[] {
  if (count === 0) return [];
  if (ipv6CidrBlock === undefined) throw new NotModelled("IPv6 in a subnet without a range of it");
  const [network] = ipaddr.IPv6.parseCIDR(ipv6CidrBlock);
  return Array.from({ length: count }, (_, index) => {
    const own = hexOf(`${name} ${index}`, 16).match(/.{4}/g) ?? [];
    const parts = own.map((part) => Number.parseInt(part, 16));
    return new ipaddr.IPv6([...network.parts.slice(0, IPV6_PREFIX_PARTS), ...parts]).toString();
  });
}

/** A public address out of a range that is kept for tests, the same one every time. */
export function publicIpOf(name: string): string {
  const [third = "", fourth = ""] = hexOf(`public ${name}`, 4).match(/../g) ?? [];
  return `198.18.${Number.parseInt(third, 16)}.${Number.parseInt(fourth, 16)}`;
}

export function hexOf(text: string, digits: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}

function numberOf(address: ipaddr.IPv4): number {
  return address.octets.reduce((sum, octet) => sum * 256 + octet, 0);
}
