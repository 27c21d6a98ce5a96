import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { checkPool, checkTagKey } from "./components/checks";
import { describeMistakes, type Mistake, under } from "./components/mistakes";
import { checkOnDemandPool, checkStaysAttached, toConfigKeys } from "./components/onDemandChecks";
import { checkPoolsTogether } from "./components/poolsTogether";
import { DEFAULT_INSTANCE_TYPE } from "./components/singleZoneGroup";
import { DEFAULT_TAG_KEY } from "./handler/names";
import { groupSchema, poolSchema, type StackConfig, stackSchema } from "./schema";
import { checkSurroundings, type WrittenPool } from "./surroundings";

/** The range of the VPC and subnet made for pools without a subnet: 4,091 addresses to give. */
export const TRIAL_CIDR_BLOCK = "10.0.0.0/20";

/** What only interfaces have that are there before an instance. */
const FIXED_KEYS = [
  "subnetId",
  "addresses",
  "size",
  "networkInterfaceIds",
  "secondaryAddresses",
  "ipv6AddressCount",
  "publicAddresses",
  "sourceDestCheck",
  "whenExhausted",
] as const;

/**
 * Reads the stack's configuration and checks all of it, subnets included, before anything is created.
 *
 * @throws RunError that lists every mistake with its key's path, what was found and what to write
 */
export async function readConfig(): Promise<StackConfig> {
  const raw = readKeys();
  const { data, error } = stackSchema.safeParse(raw, { reportInput: true });
  const issues = error?.issues ?? [];
  const wrongPaths = new Set(
    issues.flatMap(({ code, path }) => (code === "unrecognized_keys" ? [] : [pathKey(path)])),
  );
  const pools = writtenPools(raw);
  const surroundings = await checkSurroundings(pools, {
    tagKey: asText(raw.tagKey) ?? DEFAULT_TAG_KEY,
    trialSubnet: { cidrBlock: TRIAL_CIDR_BLOCK },
  });
  const meant = [...checkMeaning(raw, pools), ...under("pools", surroundings)].filter(
    (mistake) => !restsOn(mistake, wrongPaths),
  );
  const mistakes = [...issues.flatMap(toMistakes), ...meant];
  if (mistakes.length === 0 && data !== undefined) return data;
  const stack = pulumi.getStack();
  throw new pulumi.RunError(
    `The configuration of stack ${stack} can't be used; nothing was created. ` +
      `Mend these in Pulumi.${stack}.yaml:\n${describeMistakes(mistakes)}`,
  );
}

/** Whether a mistake may only be there because something is of the wrong type. */
function restsOn({ path, keys = [] }: Mistake, wrongPaths: Set<string>): boolean {
  const around = path.map((_, index) => path.slice(0, index + 1));
  const below = keys.map((key) => [...path, key]);
  return [...around, ...below].some((one) => wrongPaths.has(pathKey(one)));
}

function pathKey(path: PropertyKey[]): string {
  return path.map(String).join(" ");
}

/** All keys of this project, known or not. Pulumi keeps lists and numbers as JSON text. */
function readKeys(): Record<string, unknown> {
  const prefix = `${pulumi.getProject()}:`;
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(
    own.map(([key, text]) => {
      const name = key.slice(prefix.length);
      return [name, name === "tagKey" ? text : parseJson(text)];
    }),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function toMistakes(issue: z.core.$ZodIssue): Mistake[] {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  if (issue.code !== "unrecognized_keys") return [{ path, message: issue.message }];
  const known = knownKeys(path).join(", ");
  return issue.keys.map((key) => ({
    path: [...path, key],
    message: `is no key here; write one of ${known}, or leave it out`,
  }));
}

function knownKeys(path: (string | number)[]): string[] {
  if (path.length === 0) return Object.keys(stackSchema.shape);
  return Object.keys(path.at(-1) === "group" ? groupSchema.shape : poolSchema.shape);
}

function writtenPools(raw: Record<string, unknown>): WrittenPool[] {
  return Array.isArray(raw.pools) ? raw.pools.map((pool) => toWrittenPool(pool)) : [];
}

/** Finds what is of the right type and yet wrong. */
function checkMeaning(raw: Record<string, unknown>, written: WrittenPool[]): Mistake[] {
  const tagKey = typeof raw.tagKey === "string" ? raw.tagKey : undefined;
  const pools = written.map((pool) => ({ ...pool, tagKey }));
  return [
    ...under("pools", [
      ...pools.flatMap((pool, index) => under(index, checkOne(pool))),
      ...checkPoolsTogether(pools),
    ]),
    ...checkTagKey(tagKey),
  ];
}

function checkOne(pool: WrittenPool): Mistake[] {
  const { onDemandSubnetIds, name, tagKey, group } = pool;
  if (onDemandSubnetIds === undefined) return checkPool(pool);
  const mistakes = checkOnDemandPool({
    name,
    tagKey,
    subnetCount: onDemandSubnetIds.length,
    securityGroupCount: pool.securityGroupIds?.length,
    group,
  }).map(toConfigKeys);
  const others = FIXED_KEYS.filter((key) => pool[key] !== undefined);
  if (others.length > 0) {
    const found = `has onDemandSubnetIds and ${others.join(", ")}`;
    const message = `${found}; leave one or the other out: what is made on demand has no fixed address`;
    mistakes.push({ path: [], keys: ["onDemandSubnetIds", ...others], message });
  }
  if (pool.securityGroupIds === undefined) {
    const message = "is missing; write the security groups of the interfaces made on demand";
    mistakes.push({ path: ["securityGroupIds"], message });
  }
  return [...mistakes, ...checkStaysAttached(pool.detachAfterOtherHooks)];
}

/** Takes from an unchecked pool what is of the right type. */
function toWrittenPool(pool: unknown): WrittenPool {
  const { group, ...keys } = isObject(pool) ? pool : {};
  return {
    name: asText(keys.name) ?? "",
    subnetId: keys.subnetId === undefined ? undefined : (asText(keys.subnetId) ?? ""),
    addresses: asTexts(keys.addresses),
    size: asNumber(keys.size),
    networkInterfaceIds: asTexts(keys.networkInterfaceIds),
    secondaryAddresses: Array.isArray(keys.secondaryAddresses)
      ? keys.secondaryAddresses.map((list) => asTexts(list) ?? [])
      : undefined,
    ipv6AddressCount: asNumber(keys.ipv6AddressCount),
    publicAddresses: keys.publicAddresses,
    sourceDestCheck: keys.sourceDestCheck,
    whenExhausted:
      keys.whenExhausted === undefined ? undefined : (asText(keys.whenExhausted) ?? ""),
    onDemandSubnetIds:
      keys.onDemandSubnetIds === undefined ? undefined : (asTexts(keys.onDemandSubnetIds) ?? []),
    securityGroupIds: asTexts(keys.securityGroupIds),
    detachAfterOtherHooks: keys.detachAfterOtherHooks,
    manager: keys.manager === undefined ? undefined : (asText(keys.manager) ?? ""),
    group: isObject(group)
      ? {
          furtherPools: asTexts(group.furtherPools),
          instanceType:
            group.instanceType === undefined
              ? DEFAULT_INSTANCE_TYPE
              : groupSchema.shape.instanceType.safeParse(group.instanceType).data,
          subnetIds: asTexts(group.subnetIds),
          securityGroupIds: asTexts(group.securityGroupIds),
          desiredCapacity: asCount(group.desiredCapacity),
          maxSize: asCount(group.maxSize),
          imageId: group.imageId,
          imageParameter: group.imageParameter,
          userData: group.userData,
          waitForAddress: group.waitForAddress === true,
        }
      : undefined,
  };
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function asTexts(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.map((one) => asText(one) ?? "") : undefined;
}

function asNumber(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** NaN for what is written and no number of instances: it is neither left out nor known. */
function asCount(value: unknown): number | undefined {
  return groupSchema.shape.maxSize.catch(NaN).parse(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
