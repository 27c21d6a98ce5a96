import { z } from "zod";
import { idPattern } from "./components/ids";
import { show } from "./components/mistakes";
import {
  DEFAULT_MEMORY_MB,
  describeRange,
  RANGES,
} from "./components/networkInterfaceManager/arguments";
import { ENA_QUEUES } from "./components/networkInterfaceManager/pools";
import { MAX_MANAGER_NAME_LENGTH } from "./components/resourceNames";
import { DEFAULT_TAG_KEY } from "./handler/names";
import { MAX_IDS } from "./surroundings";

const RETENTION_STEPS_IN_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

/** The largest number that AWS reads. */
const MAX_COUNT = 2_147_483_647;

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

const inRange = (name: "syncInterval" | "memorySize") => {
  const { from, to } = RANGES[name];
  const wanted = wants(describeRange(name));
  return z.int(wanted).min(from, wanted).max(to, wanted);
};

const trueOrFalse = z.boolean(wants("true or false")).optional();

const securityGroupIds = idsOf("sg-", "a security group id like sg-0123456789abcdef0")
  .min(1, wants("one id or more, or leave it out"))
  .optional();

const MANAGER_NAME = `the name of a manager, a letter and up to ${MAX_MANAGER_NAME_LENGTH - 1} letters, digits and hyphens`;
const managerName = new RegExp(`^[A-Za-z][A-Za-z0-9-]{0,${MAX_MANAGER_NAME_LENGTH - 1}}$`);

export const groupSchema = z.strictObject(
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

export const poolSchema = z.strictObject(
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
    detachAfterOtherHooks: trueOrFalse,
    enaSrd: z.enum(["tcp", "tcpAndUdp"], wants("tcp or tcpAndUdp")).optional(),
    enaQueueCount: wholeNumber(1, ENA_QUEUES).optional(),
    manager: z.string(wants(MANAGER_NAME)).regex(managerName, wants(MANAGER_NAME)).optional(),
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
  syncInterval: inRange("syncInterval").default(1),
  logRetentionInDays: z
    .literal(RETENTION_STEPS_IN_DAYS, wants(`one of ${RETENTION_STEPS_IN_DAYS.join(", ")} days`))
    .default(30),
  alarmTopicArn: z
    .string(wants(TOPIC_ARN))
    .regex(TOPIC_ARN_PATTERN, wants(TOPIC_ARN))
    .transform((arn) => (arn === "" ? undefined : arn))
    .optional(),
  alarmAfterMinutes: wholeNumber(1, describeRange("alarmAfterMinutes")).default(5),
  memorySize: inRange("memorySize").default(DEFAULT_MEMORY_MB),
});

export type PoolConfig = z.infer<typeof poolSchema>;
export type StackConfig = z.infer<typeof stackSchema>;
