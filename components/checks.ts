import { DEFAULT_TAG_KEY } from "../handler/names";
import { type AddressShape, checkAddresses } from "./addressChecks";
import { idPattern } from "./ids";
import { type Mistake, show, under } from "./mistakes";
import { type AwaitedPool, checkUserData, unknownAddresses } from "./userData";

/** EC2's limit for a tag value is 256; half of it leaves room for `-` and a slot in the tag `Name`. */
const MAX_POOL_NAME_LENGTH = 128;
export const MAX_POOL_SIZE = 1000;

const SIZE_KEYS = ["addresses", "size", "networkInterfaceIds"];

/** What interfaces that exist already have of their own. */
const OWN_KEYS = [
  "secondaryAddresses",
  "ipv6AddressCount",
  "publicAddresses",
  "sourceDestCheck",
  "securityGroupIds",
] as const;

/** What can be said about a group before anything is created. */
export interface GroupShape {
  desiredCapacity?: number;
  maxSize?: number;
  imageId?: unknown;
  imageParameter?: unknown;
  /** The pools besides the group's own, by name. */
  furtherPools?: string[];
  userData?: unknown;
  waitForAddress?: boolean;
}

/** What can be said about a pool before anything is created. */
export interface PoolShape extends AddressShape {
  name: string;
  size?: number;
  whenExhausted?: string;
  networkInterfaceIds?: string[];
  publicAddresses?: unknown;
  sourceDestCheck?: unknown;
  securityGroupIds?: unknown;
  group?: GroupShape;
  tagKey?: string;
}

type SizedShape = Pick<PoolShape, "addresses" | "size" | "networkInterfaceIds">;

/** How many interfaces a pool has, by whichever of its three arguments is given. */
export function poolSize({ addresses, networkInterfaceIds, size }: SizedShape): number {
  return addresses?.length ?? networkInterfaceIds?.length ?? size ?? 0;
}

/** Finds every mistake in one pool by itself; an empty list means it can be created. */
export function checkPool(pool: PoolShape): Mistake[] {
  const { name, group } = pool;
  return [
    ...under("name", checkName(name)),
    ...checkSize(pool),
    ...checkAddresses(pool),
    ...checkSecondaryAddresses(pool),
    ...checkNetworkInterfaceIds(pool),
    ...(group === undefined ? [] : under("group", checkGroup(group, groupLimit(pool)))),
    ...(group === undefined ? [] : under("group", checkFurtherPools(group, name))),
    ...(group === undefined ? [] : under("group", checkUserData(group, toAwaitedPool(pool)))),
    ...checkStandbysWait(pool),
  ];
}

/** A standby has no address to wait for, and where it gets one later its wait is over. */
function checkStandbysWait({ whenExhausted, group }: PoolShape): Mistake[] {
  if (group?.waitForAddress !== true || whenExhausted !== "continue") return [];
  const found =
    "is true, but with whenExhausted: continue an instance enters service without an address";
  const message = `${found} and would wait for it in vain; leave this out`;
  return [{ path: ["group", "waitForAddress"], message }];
}

/** How many instances a pool's group may have: with standbys any number, without one for each interface. */
export function groupLimit(pool: PoolShape): GroupLimit | undefined {
  const interfaceCount = soundSize(pool);
  if (interfaceCount === undefined) return undefined;
  return { interfaceCount, hasStandbys: pool.whenExhausted === "continue" };
}

/** How many interfaces a pool has, if it says so in the one right way. */
export function soundSize(pool: PoolShape): number | undefined {
  return checkSize(pool).length === 0 ? poolSize(pool) : undefined;
}

/** Where the pool isn't sound, without addresses: their number is another mistake. */
function toAwaitedPool(pool: PoolShape): AwaitedPool {
  const { name, tagKey = DEFAULT_TAG_KEY } = pool;
  const count = soundSize(pool) ?? 0;
  const addresses = count === 0 ? [] : (pool.addresses ?? unknownAddresses(count));
  return { name, tagKey, addresses };
}

/** Finds what is wrong with a pool's name. */
export function checkName(name: string): Mistake[] {
  if (name.trim() === "") {
    return [{ path: [], message: "is empty; write the pool's name, the value of its tag" }];
  }
  const odd = /[^\x20-\xff]/u.exec(name);
  if (odd !== null) {
    const found = `has the character ${show(odd[0])}, which the manager's rights can't name`;
    return [{ path: [], message: `${found}; write characters of Latin-1` }];
  }
  if (name.includes(",")) {
    const found = "has a comma, which parts the names of several pools in a tag";
    return [{ path: [], message: `${found}; write a name without one` }];
  }
  if (name.length > MAX_POOL_NAME_LENGTH) {
    const limit = `write at most ${MAX_POOL_NAME_LENGTH}`;
    return [{ path: [], message: `has ${name.length} characters; ${limit}` }];
  }
  return [];
}

function checkSize(pool: PoolShape): Mistake[] {
  const { addresses, size, networkInterfaceIds: ids } = pool;
  const given = [
    ...(addresses === undefined ? [] : [`addresses (${addresses.length})`]),
    ...(size === undefined ? [] : [`size (${size})`]),
    ...(ids === undefined ? [] : [`networkInterfaceIds (${ids.length})`]),
  ];
  if (given.length > 1) {
    const found = `has ${given.join(" and ")}`;
    return [{ path: [], keys: SIZE_KEYS, message: `${found}; write one of them` }];
  }
  if (given.length === 0) {
    const example = `addresses: ["10.0.0.10"] for fixed addresses, size: 1, or networkInterfaceIds`;
    const message = `has no interfaces; write ${example}`;
    return [{ path: [], keys: SIZE_KEYS, message }];
  }
  const count = poolSize(pool);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_POOL_SIZE) return [];
  if (size !== undefined) {
    const range = `a whole number from 1 to ${MAX_POOL_SIZE}`;
    return [{ path: ["size"], message: `is ${count}; write ${range}` }];
  }
  const key = addresses === undefined ? "networkInterfaceIds" : "addresses";
  return [{ path: [key], message: `has ${count} entries; write 1 to ${MAX_POOL_SIZE}` }];
}

/** Finds what is wrong with the ids of interfaces that exist already, and what can't be given beside them. */
function checkNetworkInterfaceIds(pool: PoolShape): Mistake[] {
  const { networkInterfaceIds: ids = [] } = pool;
  const ofIds = ids.flatMap((id, index): Mistake[] => {
    const path = ["networkInterfaceIds", index];
    const first = ids.indexOf(id);
    if (!idPattern("eni-").test(id)) {
      const wanted = "write a network interface id like eni-0123456789abcdef0";
      return [{ path, message: `is ${show(id)}; ${wanted}` }];
    }
    if (first === index) return [];
    const message = `is ${id}, as networkInterfaceIds[${first}] is; write every interface once`;
    return [{ path, message }];
  });
  if (pool.networkInterfaceIds === undefined) return [];
  const ofKeys = OWN_KEYS.filter((key) => pool[key] !== undefined).map((key): Mistake => {
    const message = "is given, but interfaces that exist already keep their own; leave it out";
    return { path: [key], message };
  });
  return [...ofIds, ...ofKeys];
}

/** Only a pool whose first addresses are fixed can have fixed ones beside them. */
function checkSecondaryAddresses({ addresses, size, secondaryAddresses }: PoolShape): Mistake[] {
  if (secondaryAddresses === undefined) return [];
  if (addresses === undefined) {
    // Without either, that is the mistake.
    if (size === undefined) return [];
    const message = "has secondaryAddresses and size; write addresses, one for each list";
    return [{ path: [], keys: ["addresses", "secondaryAddresses"], message }];
  }
  if (secondaryAddresses.length === addresses.length) return [];
  const found = `has ${secondaryAddresses.length} lists for ${addresses.length} addresses`;
  const message = `${found}; write one for each address in the same order, [] for none`;
  return [{ path: ["secondaryAddresses"], message }];
}

/** What limits the size of a group. */
export interface GroupLimit {
  /** Of its pool. */
  interfaceCount: number;
  /** Whether instances without an interface may enter service. */
  hasStandbys: boolean;
}

/**
 * Finds what is wrong with a group for a pool; while the pool's size isn't known, nothing can be said of
 * the group's capacity.
 */
export function checkGroup(group: GroupShape, limit: GroupLimit | undefined): Mistake[] {
  const twoImages = group.imageId !== undefined && group.imageParameter !== undefined;
  const message = "has both imageId and imageParameter; write one of them";
  return [
    ...(twoImages ? [{ path: [], keys: ["imageId", "imageParameter"], message }] : []),
    ...(limit === undefined ? [] : checkCapacity(group, limit)),
  ];
}

/** Finds what is wrong with the further pools of a group whose own is this. */
export function checkFurtherPools({ furtherPools = [] }: GroupShape, ownPool: string): Mistake[] {
  const all = [ownPool, ...furtherPools];
  return under(
    "furtherPools",
    furtherPools.flatMap((name, index) => {
      const mistakes = under(index, checkName(name));
      if (all.indexOf(name) <= index) {
        const message = `is ${show(name)} once more; write every pool once, and the group's own not at all`;
        mistakes.push({ path: [index], message });
      }
      return mistakes;
    }),
  );
}

function checkCapacity(group: GroupShape, { interfaceCount, hasStandbys }: GroupLimit): Mistake[] {
  const { maxSize = interfaceCount, desiredCapacity } = group;
  const mistakes: Mistake[] = [];
  const isCount = (value: number) => Number.isInteger(value) && value >= 0;
  if (!isCount(maxSize) || (maxSize > interfaceCount && !hasStandbys)) {
    const wanted = hasStandbys
      ? "write a whole number of instances"
      : `write a whole number from 0 to ${interfaceCount}, the interfaces of the pool`;
    mistakes.push({ path: ["maxSize"], message: `is ${maxSize}; ${wanted}` });
  }
  const most = isCount(maxSize) ? maxSize : interfaceCount;
  if (desiredCapacity !== undefined && (!isCount(desiredCapacity) || desiredCapacity > most)) {
    const wanted = `write a whole number from 0 to ${most}, the group's maxSize`;
    mistakes.push({ path: ["desiredCapacity"], message: `is ${desiredCapacity}; ${wanted}` });
  }
  return mistakes;
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
  return [{ path, message: `is ${show(tagKey)}; ${wanted}` }];
}
