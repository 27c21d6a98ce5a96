import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { checkPool, checkTagKey } from "./components/checks";
import { idPattern } from "./components/ids";
import { describeMistakes, type Mistake, show, under } from "./components/mistakes";
import { MAX_SYNC_INTERVAL } from "./components/networkInterfaceManager/alarms";
import { checkOnDemandPool, toConfigKeys } from "./components/onDemandChecks";
import { checkPoolsTogether } from "./components/poolsTogether";
import { DEFAULT_INSTANCE_TYPE } from "./components/singleZoneGroup";
import { DEFAULT_TAG_KEY } from "./handler/names";
import { checkSurroundings, MAX_IDS, type WrittenPool } from "./surroundings";

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

const RETENTION_STEPS_IN_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

/** The largest number that AWS reads. */
const MAX_COUNT = 2_147_483_647;

const SYNC_INTERVAL = `a whole number of minutes from 1 to ${MAX_SYNC_INTERVAL}`;

const TOPIC_ARN =
  "the ARN of an SNS topic like arn:aws:sns:eu-west-1:123456789012:on-call, or leave it out";
/** Empty, as Pulumi.yaml has it, is none. A FIFO topic's name ends in .fifo, and no alarm sends to one. */
const TOPIC_ARN_PATTERN = /^(arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256})?$/;

/** Makes a schema say what was found and what to write. */
function wants(wanted: string) {
  return {
    error: (issue: { input?: unknown }) => `is ${show(issue.input)}; write ${wanted}`,
  };
}

/** Like `wants`, of a number that may be too large. */
function wantsCount(wanted: string) {
  const upTo = ` up to ${MAX_COUNT.toLocaleString("en-US")}`;
  return {
    error: (issue: { code?: string; input?: unknown }) =>
      wants(issue.code === "too_big" ? wanted + upTo : wanted).error(issue),
  };
}

/** A name of something in AWS, which has no others than of ASCII. */
const nameOf = (what: string, maxLength: number) => {
  const pattern = new RegExp(`^[!-~]([ -~]{0,${maxLength - 2}}[!-~])?$`);
  return z
    .string(wants(what))
    .regex(pattern, wants(`${what}, up to ${maxLength} characters of ASCII`))
    .optional();
};
const idOf = (prefix: string, what: string) =>
  z.string(wants(what)).regex(idPattern(prefix), wants(what));
const idsOf = (prefix: string, what: string) =>
  z
    .array(idOf(prefix, what), wants("a list of ids"))
    .max(MAX_IDS, wants(`a list of at most ${MAX_IDS} ids`));
const wholeNumber = (from: number, wanted: string) =>
  z.int32({ ...wantsCount(wanted), abort: true }).min(from, wants(wanted));
/** Of which the checks of a pool say more. */
const count = (wanted: string) =>
  z.number(wants(wanted)).max(MAX_COUNT, wantsCount(wanted)).optional();

const trueOrFalse = z.boolean(wants("true or false")).optional();

const securityGroupIds = idsOf("sg-", "a security group id like sg-0123456789abcdef0")
  .min(1, wants("one id or more, or leave it out"))
  .optional();

const groupSchema = z.strictObject(
  {
    subnetIds: idsOf("subnet-", "a subnet id like subnet-0123456789abcdef0")
      .min(1, wants("one id or more, or leave it out"))
      .optional(),
    securityGroupIds,
    instanceType: nameOf("an instance type like t4g.micro", 64),
    imageId: idOf("ami-", "an image id like ami-0123456789abcdef0").optional(),
    imageParameter: nameOf("the name of a Systems Manager parameter that names an image", 1024),
    desiredCapacity: count("a whole number of instances"),
    maxSize: count("a whole number of instances"),
    furtherPools: z
      .array(z.string(wants("the name of a pool")), wants("a list of names of pools"))
      .optional(),
    userData: z.string(wants("the user data as text")).optional(),
    waitForAddress: z.boolean(wants("true or false")).optional(),
    keyName: nameOf("the name of an EC2 key pair", 255),
    instanceProfile: nameOf("the name or ARN of an instance profile", 1024),
    healthCheckGracePeriod: wholeNumber(0, "a whole number of seconds").optional(),
  },
  wants("the keys of a group, like instanceType: t4g.micro"),
);

const poolSchema = z.strictObject(
  {
    name: z.string(wants("the pool's name, the value of its tag")),
    subnetId: idOf(
      "subnet-",
      "a subnet id like subnet-0123456789abcdef0, or leave it out",
    ).optional(),
    onDemandSubnetIds: idsOf("subnet-", "a subnet id like subnet-0123456789abcdef0").optional(),
    addresses: z
      .array(z.string(wants("an IPv4 address like 10.0.0.10")), wants("a list of IPv4 addresses"))
      .optional(),
    // How many at most the checks of a pool say.
    size: z.number(wants("a whole number of interfaces")).optional(),
    networkInterfaceIds: z
      .array(
        idOf("eni-", "a network interface id like eni-0123456789abcdef0"),
        wants("a list of network interface ids"),
      )
      .optional(),
    secondaryAddresses: z
      .array(
        z.array(
          z.string(wants("an IPv4 address like 10.0.0.20")),
          wants("a list of IPv4 addresses, [] for none"),
        ),
        wants("a list of IPv4 addresses for each of addresses"),
      )
      .optional(),
    ipv6AddressCount: count("a whole number of addresses"),
    publicAddresses: trueOrFalse,
    sourceDestCheck: trueOrFalse,
    securityGroupIds,
    whenExhausted: z
      .enum(["wait", "abandon", "continue"], wants("wait, abandon or continue"))
      .optional(),
    group: groupSchema.optional(),
  },
  wants("the keys of a pool, like name: licence"),
);

/** Every key there is. */
export const stackSchema = z.strictObject({
  pools: z
    .array(poolSchema, wants("a list of pools, each with a name and its interfaces, like size: 1"))
    .min(1, wants("one pool or more")),
  tagKey: z.string(wants("a tag key")).default(DEFAULT_TAG_KEY),
  syncInterval: z
    .int(wants(SYNC_INTERVAL))
    .min(1, wants(SYNC_INTERVAL))
    .max(MAX_SYNC_INTERVAL, wants(SYNC_INTERVAL))
    .default(1),
  logRetentionInDays: z
    .literal(RETENTION_STEPS_IN_DAYS, wants(`one of ${RETENTION_STEPS_IN_DAYS.join(", ")} days`))
    .default(30),
  alarmTopicArn: z
    .string(wants(TOPIC_ARN))
    .regex(TOPIC_ARN_PATTERN, wants(TOPIC_ARN))
    .transform((arn) => (arn === "" ? undefined : arn))
    .optional(),
  alarmAfterMinutes: wholeNumber(1, "a whole number of minutes of 1 or more").default(5),
});

export type PoolConfig = z.infer<typeof poolSchema>;
export type StackConfig = z.infer<typeof stackSchema>;

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
  return mistakes;
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
