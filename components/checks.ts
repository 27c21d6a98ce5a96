import { type AddressShape, checkAddresses, writtenAddresses } from "./addressChecks";
import { type Mistake, under } from "./mistakes";

/** EC2's limit for a tag value is 256; half of it leaves room for `-` and a slot in the tag `Name`. */
export const MAX_POOL_NAME_LENGTH = 128;
export const MAX_POOL_SIZE = 1000;

/** An inline policy may have 10,240 characters, the environment of a function 4 KB. */
const MAX_POOL_NAMES_BYTES = 2_500;

const SIZE_KEYS = ["addresses", "size"];

/** What can be said about a group before anything is created. */
export interface GroupShape {
  desiredCapacity?: number;
  maxSize?: number;
  imageId?: unknown;
  imageParameter?: unknown;
}

/** What can be said about a pool before anything is created. */
export interface PoolShape extends AddressShape {
  name: string;
  size?: number;
  group?: GroupShape;
}

/** How many interfaces a pool has, by whichever of its two arguments is given. */
export function poolSize(pool: Pick<PoolShape, "addresses" | "size">): number {
  return pool.addresses?.length ?? pool.size ?? 0;
}

/** Finds every mistake in one pool by itself; an empty list means it can be created. */
export function checkPool(pool: PoolShape): Mistake[] {
  const { name, group } = pool;
  return [
    ...under("name", checkName(name)),
    ...checkSize(pool),
    ...checkAddresses(pool),
    ...checkSecondaryAddresses(pool),
    ...(group === undefined ? [] : under("group", checkGroup(group, soundSize(pool)))),
  ];
}

/** How many interfaces a pool has, if it says so in the one right way. */
export function soundSize(pool: PoolShape): number | undefined {
  return checkSize(pool).length === 0 ? poolSize(pool) : undefined;
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

/** Only a pool whose first addresses are fixed can have fixed ones beside them. */
function checkSecondaryAddresses({ addresses, size, secondaryAddresses }: PoolShape): Mistake[] {
  if (secondaryAddresses === undefined) return [];
  if (addresses === undefined) {
    if (size === undefined) return [];
    const message = "has secondaryAddresses and size; write addresses, one for each list";
    return [{ path: [], keys: ["addresses", "secondaryAddresses"], message }];
  }
  if (secondaryAddresses.length === addresses.length) return [];
  const found = `has ${secondaryAddresses.length} lists for ${addresses.length} addresses`;
  const message = `${found}; write one for each address in the same order, [] for none`;
  return [{ path: ["secondaryAddresses"], message }];
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

/** Finds what is in two pools: names and addresses. Paths start with the pool's index. */
export function checkPoolsTogether(pools: PoolShape[]): Mistake[] {
  const firstByName = new Map<string, number>();
  const firstByAddress = new Map<string, number>();
  return pools.flatMap((pool, index) => {
    const { name } = pool;
    const mistakes: Mistake[] = [];
    const sameName = firstByName.get(name);
    if (sameName === undefined) firstByName.set(name, index);
    else {
      const message = `is "${name}", as pools[${sameName}].name is; write every name once`;
      mistakes.push({ path: [index, "name"], message });
    }
    for (const { path, address } of writtenAddresses(pool)) {
      const first = firstByAddress.get(address);
      if (first === undefined) firstByAddress.set(address, index);
      else if (first !== index) {
        const message = `is ${address}, which pools[${first}] has too; write it in one pool`;
        mistakes.push({ path: [index, ...path], message });
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
