import * as ipaddr from "ipaddr.js";
import { isUsableAddress, writtenAddresses } from "./addressChecks";
import { type PoolShape, soundSize } from "./checks";
import type { Mistake } from "./mistakes";

/** AWS keeps the first four addresses of a subnet and its last one. */
const RESERVED_AT_START = 4;

/** What a pool has to know of its subnet. */
export interface SubnetRanges {
  /** The IPv4 range, like `10.0.0.0/24`. */
  cidrBlock: string;
  /** The IPv6 range; empty or absent where the subnet has none. */
  ipv6CidrBlock?: string;
}

/** Finds every mistake in a pool with regard to its subnet. */
export function checkPoolInSubnet(pool: PoolShape, subnet: SubnetRanges): Mistake[] {
  return [...checkRange(pool, subnet.cidrBlock), ...checkIpv6Range(pool, subnet)];
}

function checkRange(pool: PoolShape, cidrBlock: string): Mistake[] {
  const first = numberOf(ipaddr.IPv4.networkAddressFromCIDR(cidrBlock));
  const last = numberOf(ipaddr.IPv4.broadcastAddressFromCIDR(cidrBlock));
  const lowest = first + RESERVED_AT_START;
  const highest = last - 1;
  const usable = `${textOf(lowest)} to ${textOf(highest)}`;
  const usableCount = highest - lowest + 1;
  if (pool.size !== undefined && (soundSize(pool) ?? 0) > usableCount) {
    const found = `is ${pool.size}, but subnet ${cidrBlock} has ${usableCount} addresses to give`;
    return [{ path: ["size"], message: `${found}; write at most ${usableCount}` }];
  }
  return writtenAddresses(pool).flatMap(({ path, address }) => {
    if (!isUsableAddress(address)) return [];
    const number = numberOf(ipaddr.IPv4.parse(address));
    if (number >= lowest && number <= highest) return [];
    const found =
      number >= first && number <= last
        ? `is ${address}, which AWS reserves in subnet ${cidrBlock}`
        : `is ${address}, which is outside subnet ${cidrBlock}`;
    return [{ path, message: `${found}; write one of ${usable}` }];
  });
}

function checkIpv6Range({ ipv6AddressCount = 0 }: PoolShape, subnet: SubnetRanges): Mistake[] {
  const { cidrBlock, ipv6CidrBlock = "" } = subnet;
  const isAsked = Number.isInteger(ipv6AddressCount) && ipv6AddressCount > 0;
  if (!isAsked || ipv6CidrBlock !== "") return [];
  const found = `is ${ipv6AddressCount}, but subnet ${cidrBlock} has no IPv6 range`;
  const message = `${found}; give the subnet one, or leave this out`;
  return [{ path: ["ipv6AddressCount"], message }];
}

function numberOf(address: ipaddr.IPv4): number {
  return address.octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

function textOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}
