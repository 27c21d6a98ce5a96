import * as ipaddr from "ipaddr.js";
import { DEFAULT_TAG_KEY } from "../handler/model";
import { type AwaitedPool, checkUserData, unknownAddresses } from "./userData";

/** EC2's limit for a tag value is 256; half of it leaves room for `-` and a slot in the tag `Name`. */
export const MAX_POOL_NAME_LENGTH = 128;
export const MAX_POOL_SIZE = 1000;

/** An inline policy may have 10,240 characters, the environment of a function 4 KB. */
const MAX_POOL_NAMES_BYTES = 2_500;

const SIZE_KEYS = ["addresses", "size"];

/** AWS keeps the first four addresses of a subnet and its last one. */
const RESERVED_AT_START = 4;

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

/** One thing wrong with what a user wrote: where, and what was found and what to write instead. */
export interface Mistake {
  /** Below the pool, like `["addresses", 2]`. */
  path: (string | number)[];
  message: string;
  /** The keys below the path that it rests on, where it is about several. */
  keys?: string[];
}

/** What can be said about a group before anything is created. */
export interface GroupShape {
  desiredCapacity?: number;
  maxSize?: number;
  imageId?: unknown;
  imageParameter?: unknown;
  userData?: unknown;
  waitForAddress?: boolean;
}

/** What can be said about a pool before anything is created. */
export interface PoolShape {
  name: string;
  addresses?: string[];
  size?: number;
  group?: GroupShape;
  tagKey?: string;
}

/** How many interfaces a pool has, by whichever of its two arguments is given. */
export function poolSize(pool: Pick<PoolShape, "addresses" | "size">): number {
  return pool.addresses?.length ?? pool.size ?? 0;
}

/** Finds every mistake in one pool by itself; an empty list means it can be created. */
export function checkPool(pool: PoolShape): Mistake[] {
  const { name, addresses = [], group } = pool;
  return [
    ...under("name", checkName(name)),
    ...checkSize(pool),
    ...addresses.flatMap((address, index) => checkAddress(address, index)),
    ...checkDuplicates(addresses),
    ...(group === undefined ? [] : under("group", checkGroup(group, soundSize(pool)))),
    ...(group === undefined ? [] : under("group", checkUserData(group, toAwaitedPool(pool)))),
  ];
}

/** How many interfaces a pool has, if it says so in the one right way. */
function soundSize(pool: PoolShape): number | undefined {
  return checkSize(pool).length === 0 ? poolSize(pool) : undefined;
}

/** Where the pool isn't sound, without addresses: their number is another mistake. */
function toAwaitedPool(pool: PoolShape): AwaitedPool {
  const { name, tagKey = DEFAULT_TAG_KEY } = pool;
  const count = soundSize(pool) ?? 0;
  const addresses = count === 0 ? [] : (pool.addresses ?? unknownAddresses(count));
  return { name, tagKey, addresses };
}

/** Puts a key before the paths of mistakes. */
export function under(key: string | number, mistakes: Mistake[]): Mistake[] {
  return mistakes.map((mistake) => ({ ...mistake, path: [key, ...mistake.path] }));
}

/** Finds what is wrong with a pool's name. */
export function checkName(name: string): Mistake[] {
  if (name.trim() === "") {
    return [{ path: [], message: "is empty; write the pool's name, the value of its tag" }];
  }
  const odd = /[^\x20-\xff]/.exec(name);
  if (odd !== null) {
    const found = `has the character "${odd[0]}", which the manager's rights can't name`;
    return [{ path: [], message: `${found}; write characters of Latin-1` }];
  }
  if (name.length > MAX_POOL_NAME_LENGTH) {
    const limit = `write at most ${MAX_POOL_NAME_LENGTH}`;
    return [{ path: [], message: `has ${name.length} characters; ${limit}` }];
  }
  return [];
}

function checkSize({ addresses, size }: PoolShape): Mistake[] {
  if (addresses !== undefined && size !== undefined) {
    const found = `has both addresses (${addresses.length}) and size (${size})`;
    return [{ path: [], keys: SIZE_KEYS, message: `${found}; write one of them` }];
  }
  if (addresses === undefined && size === undefined) {
    const example = `addresses: ["10.0.0.10"] for fixed addresses, or size: 1`;
    const message = `has neither addresses nor size; write ${example}`;
    return [{ path: [], keys: SIZE_KEYS, message }];
  }
  const count = poolSize({ addresses, size });
  if (Number.isInteger(count) && count >= 1 && count <= MAX_POOL_SIZE) return [];
  const range = `a whole number from 1 to ${MAX_POOL_SIZE}`;
  return addresses === undefined
    ? [{ path: ["size"], message: `is ${count}; write ${range}` }]
    : [{ path: ["addresses"], message: `has ${count} entries; write 1 to ${MAX_POOL_SIZE}` }];
}

function checkAddress(address: string, index: number): Mistake[] {
  const path = ["addresses", index];
  if (!ipaddr.IPv4.isValidFourPartDecimal(address)) {
    return [{ path, message: `is "${address}"; write an IPv4 address like 10.0.0.10` }];
  }
  const parsed = ipaddr.IPv4.parse(address);
  const range = parsed.range();
  // ipaddr.js also calls ranges for documentation reserved, which a VPC may use.
  const isUsable = range === "reserved" && (parsed.octets[0] ?? 0) < CLASS_E;
  if (!UNUSABLE_RANGES.includes(range) || isUsable) return [];
  const wanted = "write an address of the pool's subnet";
  return [{ path, message: `is ${address}, which is reserved (${range}); ${wanted}` }];
}

function checkDuplicates(addresses: string[]): Mistake[] {
  return addresses.flatMap((address, index) => {
    const first = addresses.indexOf(address);
    if (first === index) return [];
    const message = `is ${address}, as addresses[${first}] is; write every address once`;
    return [{ path: ["addresses", index], message }];
  });
}

/**
 * Finds what is wrong with a group for a pool of so many interfaces; while that isn't known, nothing can
 * be said of the group's capacity.
 */
export function checkGroup(group: GroupShape, interfaceCount: number | undefined): Mistake[] {
  const twoImages = group.imageId !== undefined && group.imageParameter !== undefined;
  const message = "has both imageId and imageParameter; write one of them";
  return [
    ...(twoImages ? [{ path: [], keys: ["imageId", "imageParameter"], message }] : []),
    ...(interfaceCount === undefined ? [] : checkCapacity(group, interfaceCount)),
  ];
}

function checkCapacity(group: GroupShape, interfaceCount: number): Mistake[] {
  const { maxSize = interfaceCount, desiredCapacity } = group;
  const mistakes: Mistake[] = [];
  const isCount = (value: number) => Number.isInteger(value) && value >= 0;
  if (!isCount(maxSize) || maxSize > interfaceCount) {
    const wanted = `write a whole number from 0 to ${interfaceCount}, the interfaces of the pool`;
    mistakes.push({ path: ["maxSize"], message: `is ${maxSize}; ${wanted}` });
  }
  const most = isCount(maxSize) ? maxSize : interfaceCount;
  if (desiredCapacity !== undefined && (!isCount(desiredCapacity) || desiredCapacity > most)) {
    const wanted = `write a whole number from 0 to ${most}, the group's maxSize`;
    mistakes.push({ path: ["desiredCapacity"], message: `is ${desiredCapacity}; ${wanted}` });
  }
  return mistakes;
}

/**
 * Finds every mistake in a pool with regard to its subnet.
 *
 * @param cidrBlock the subnet's IPv4 range, like `10.0.0.0/24`
 */
export function checkPoolInSubnet(pool: PoolShape, cidrBlock: string): Mistake[] {
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
  return (pool.addresses ?? []).flatMap((address, index) => {
    if (checkAddress(address, index).length > 0) return [];
    const number = numberOf(ipaddr.IPv4.parse(address));
    if (number >= lowest && number <= highest) return [];
    const path = ["addresses", index];
    const found =
      number >= first && number <= last
        ? `is ${address}, which AWS reserves in subnet ${cidrBlock}`
        : `is ${address}, which is outside subnet ${cidrBlock}`;
    return [{ path, message: `${found}; write one of ${usable}` }];
  });
}

/** Finds what is in two pools: names and addresses. Paths start with the pool's index. */
export function checkPoolsTogether(pools: PoolShape[]): Mistake[] {
  const firstByName = new Map<string, number>();
  const firstByAddress = new Map<string, number>();
  return pools.flatMap(({ name, addresses }, index) => {
    const mistakes: Mistake[] = [];
    const sameName = firstByName.get(name);
    if (sameName === undefined) firstByName.set(name, index);
    else {
      const message = `is "${name}", as pools[${sameName}].name is; write every name once`;
      mistakes.push({ path: [index, "name"], message });
    }
    for (const [place, address] of (addresses ?? []).entries()) {
      const first = firstByAddress.get(address);
      if (first === undefined) firstByAddress.set(address, index);
      else if (first !== index) {
        const message = `is ${address}, which pools[${first}] has too; write it in one pool`;
        mistakes.push({ path: [index, "addresses", place], message });
      }
    }
    return mistakes;
  });
}

/**
 * Finds whether a manager's pools have more names than fit into its rights, which name them three
 * times, and into its environment.
 */
export function checkPoolNames(names: string[]): Mistake[] {
  const bytes = Buffer.byteLength(JSON.stringify(names));
  if (bytes <= MAX_POOL_NAMES_BYTES) return [];
  const found = `have names of ${bytes} bytes together`;
  const wanted = `write shorter names, up to ${MAX_POOL_NAMES_BYTES} bytes, or use several managers`;
  return [{ path: ["pools"], message: `${found}; ${wanted}` }];
}

/** Finds what is wrong with a tag key; instances show their tags in metadata, which allows fewer characters. */
export function checkTagKey(tagKey: string | undefined): Mistake[] {
  if (tagKey === undefined) return [];
  const path = ["tagKey"];
  const wanted =
    "write up to 128 of letters, digits and + - = . , _ : @, not beginning with aws: and not Name";
  const isKey = /^[A-Za-z0-9+\-=.,_:@]{1,128}$/.test(tagKey);
  if (isKey && !tagKey.startsWith("aws:") && ![".", "..", "_index", "Name"].includes(tagKey))
    return [];
  return [{ path, message: `is "${tagKey}"; ${wanted}` }];
}

/** Writes mistakes one a line, each with its path. */
export function describeMistakes(mistakes: Mistake[]): string {
  return mistakes
    .map(({ path, message }) => [formatPath(path), message].filter((part) => part !== "").join(" "))
    .join("\n");
}

/** Writes a path the way it is written in configuration: `pools[0].addresses[2]`. */
function formatPath(path: (string | number)[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}

function numberOf(address: ipaddr.IPv4): number {
  return address.octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

function textOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}
