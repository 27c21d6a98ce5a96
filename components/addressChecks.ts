import * as ipaddr from "ipaddr.js";
import { formatPath, type Mistake, shorten, show } from "./mistakes";

/** Ranges in which no interface of a VPC can have its address. */
const UNUSABLE_RANGES = [
  "unspecified",
  "broadcast",
  "multicast",
  "linkLocal",
  "loopback",
  "reserved",
];

const CLASS_E = 240;

/** The addresses of a pool, as far as a user chooses them. */
export interface AddressShape {
  addresses?: string[];
  secondaryAddresses?: string[][];
  ipv6AddressCount?: number;
}

/** An address and where it is written. */
export interface WrittenAddress {
  path: (string | number)[];
  address: string;
}

/** All fixed addresses of a pool: the first of each interface, then the others. */
export function writtenAddresses(pool: AddressShape): WrittenAddress[] {
  const { addresses = [], secondaryAddresses = [] } = pool;
  return [
    ...addresses.map((address, slot) => ({ path: ["addresses", slot], address })),
    ...secondaryAddresses.flatMap((list, slot) =>
      list.map((address, index) => ({ path: ["secondaryAddresses", slot, index], address })),
    ),
  ];
}

/** Whether an interface of some VPC can have an address. */
export function isUsableAddress(address: string): boolean {
  return checkAddress({ path: [], address }).length === 0;
}

/** Finds every mistake in a pool's addresses by themselves. */
export function checkAddresses(pool: AddressShape): Mistake[] {
  const written = writtenAddresses(pool);
  return [
    ...written.flatMap((one) => checkAddress(one)),
    ...checkDuplicates(written),
    ...checkIpv6AddressCount(pool),
  ];
}

function checkAddress({ path, address }: WrittenAddress): Mistake[] {
  if (!ipaddr.IPv4.isValidFourPartDecimal(address)) {
    return [{ path, message: `is ${show(address)}; write an IPv4 address like 10.0.0.10` }];
  }
  const parsed = ipaddr.IPv4.parse(address);
  const range = parsed.range();
  // ipaddr.js also calls ranges for documentation reserved, which a VPC may use.
  const isUsable = range === "reserved" && (parsed.octets[0] ?? 0) < CLASS_E;
  if (!UNUSABLE_RANGES.includes(range) || isUsable) return [];
  const wanted = "write an address of the pool's subnet";
  return [{ path, message: `is ${address}, which is reserved (${range}); ${wanted}` }];
}

function checkDuplicates(written: WrittenAddress[]): Mistake[] {
  const firstByAddress = new Map<string, WrittenAddress>();
  return written.flatMap((one) => {
    const { path, address } = one;
    const first = firstByAddress.get(address);
    firstByAddress.set(address, first ?? one);
    if (first === undefined) return [];
    const message = `is ${shorten(address)}, as ${formatPath(first.path)} is; write every address once`;
    return [{ path, message }];
  });
}

function checkIpv6AddressCount({ ipv6AddressCount: count }: AddressShape): Mistake[] {
  if (count === undefined || (Number.isInteger(count) && count >= 0)) return [];
  const message = `is ${count}; write a whole number of addresses, 0 or more`;
  return [{ path: ["ipv6AddressCount"], message }];
}
