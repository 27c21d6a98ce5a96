/**
 * The third-party code of the function: AWS SDK clients, logger and metrics behind the few calls the
 * manager makes. Bundled by esbuild into one file of the archive, so unlike the rest of this folder it is not
 * serialised and may hold classes (docs/adr/0003).
 */
import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import {
  type AutoScalingGroup,
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  type CompleteLifecycleActionType,
  type Instance as AutoScalingInstance,
  paginateDescribeAutoScalingGroups,
  paginateDescribeWarmPool,
  RecordLifecycleActionHeartbeatCommand,
  type RecordLifecycleActionHeartbeatType,
} from "@aws-sdk/client-auto-scaling";
import {
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  DeleteNetworkInterfaceCommand,
  type DeleteNetworkInterfaceRequest,
  ModifyNetworkInterfaceAttributeCommand,
  type ModifyNetworkInterfaceAttributeRequest,
  type AttachNetworkInterfaceRequest,
  type Instance,
  DetachNetworkInterfaceCommand,
  type DetachNetworkInterfaceRequest,
  EC2Client,
  type Filter,
  type InstanceTypeInfo,
  type NetworkInterface,
  paginateDescribeInstances,
  paginateDescribeInstanceTypes,
  paginateDescribeNetworkInterfaces,
} from "@aws-sdk/client-ec2";
import { createHash } from "node:crypto";
import { INCOMPLETE_ANSWER } from "./errors";
import {
  FUNCTION_DIMENSION,
  MADE_FOR_TAG_KEY,
  type Measurement,
  METRIC_UNITS,
  type MetricName,
  METRICS_NAMESPACE,
} from "./names";
import type { ActionOf } from "./types";

/**
 * The calls the manager makes. A describe reads all pages, with the resources that services of AWS manage.
 * Every call may throw the SDK's service errors, time-outs and network errors, and an `IncompleteAnswer`
 * where an answer of status 200 lacks what was asked for.
 */
export interface AwsCalls {
  describeNetworkInterfaces(filters: Filter[]): Promise<NetworkInterface[]>;
  describeInstances(filters: Filter[]): Promise<Instance[]>;
  describeInstanceTypes(filters: Filter[]): Promise<InstanceTypeInfo[]>;
  /** Groups by their tags, or by name: at most 50, and with no name at all Auto Scaling gives every group. */
  describeAutoScalingGroups(
    groups: { Filters: Filter[] } | { AutoScalingGroupNames: string[] },
  ): Promise<AutoScalingGroup[]>;
  describeWarmPool(groupName: string): Promise<AutoScalingInstance[]>;
  attachNetworkInterface(input: AttachNetworkInterfaceRequest): Promise<void>;
  detachNetworkInterface(input: DetachNetworkInterfaceRequest): Promise<void>;
  /** Makes an interface on demand; EC2 is given the digest of the token, of which the same twice makes one. */
  createNetworkInterface(
    input: Pick<
      ActionOf<"create">,
      "subnetId" | "securityGroupIds" | "pool" | "instanceId" | "token"
    >,
  ): Promise<NetworkInterface>;
  modifyNetworkInterfaceAttribute(input: ModifyNetworkInterfaceAttributeRequest): Promise<void>;
  deleteNetworkInterface(input: DeleteNetworkInterfaceRequest): Promise<void>;
  completeLifecycleAction(input: CompleteLifecycleActionType): Promise<void>;
  recordLifecycleActionHeartbeat(input: RecordLifecycleActionHeartbeatType): Promise<void>;
}

export type Log = Pick<Logger, "info" | "warn" | "error">;

/**
 * Without these the SDK waits for ever: for the headers of an answer, and for each further part of its body.
 * With both in every attempt, all attempts together still fit into an invocation.
 */
const REQUEST_TIMEOUT_MS = 5_000;
const SOCKET_TIMEOUT_MS = 5_000;

/** Three, the SDK's default, is too few for a burst into EC2's token buckets. */
const MAX_ATTEMPTS = 5;

/** At a hundred values of one metric Powertools publishes by itself, and forgets the pool. */
const MAX_VALUES_AT_ONCE = 99;

/** The log of a process of the function, from which every request has its own. */
export function createLog() {
  const logger = new Logger({ serviceName: "network-interface-manager" });
  return {
    /** @param requestId Lambda's; every line has it as `function_request_id`, Powertools' name for it */
    forRequest: (requestId: string): Log =>
      logger.createChild({ persistentKeys: { function_request_id: requestId } }),
  };
}

/** Writes measurements for CloudWatch to read from the log: it costs no call and needs no right. */
export function createMeter(): (measurements: Measurement[]) => void {
  const metrics = new Metrics({ namespace: METRICS_NAMESPACE });
  // Powertools' own dimension would say of every manager that it is one.
  metrics.clearDefaultDimensions();
  const functionName = process.env.AWS_LAMBDA_FUNCTION_NAME ?? "unknown";
  metrics.setDefaultDimensions({ [FUNCTION_DIMENSION]: functionName });
  return (measurements) => {
    for (const { dimensions, values } of measurements) {
      const names = Object.keys(values) as MetricName[];
      const most = Math.max(0, ...names.map((name) => values[name]?.length ?? 0));
      for (let start = 0; start < most; start += MAX_VALUES_AT_ONCE) {
        for (const [name, value] of Object.entries(dimensions)) metrics.addDimension(name, value);
        for (const name of names) {
          for (const value of values[name]?.slice(start, start + MAX_VALUES_AT_ONCE) ?? []) {
            metrics.addMetric(name, METRIC_UNITS[name], value);
          }
        }
        metrics.publishStoredMetrics();
      }
    }
  };
}

/** Carries what a client sends: gives the client back, with a `send` of its own or as it is. */
export type Transport = <Client extends EC2Client | AutoScalingClient>(client: Client) => Client;

/**
 * @param tagKey the key of the pool tag, for interfaces that are made
 * @param over the SDK's own HTTP if absent
 */
export function createAwsCalls(tagKey: string, over: Transport = (client) => client): AwsCalls {
  const options = {
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      socketTimeout: SOCKET_TIMEOUT_MS,
    },
  };
  const ec2 = over(new EC2Client(options));
  // Nothing is taken away again on what was seen before: its holder may work again meanwhile.
  const ec2Once = over(new EC2Client({ ...options, maxAttempts: 1 }));
  const autoScaling = over(new AutoScalingClient(options));
  return {
    describeNetworkInterfaces: (Filters) =>
      collect(
        "DescribeNetworkInterfaces",
        "NetworkInterfaces",
        paginateDescribeNetworkInterfaces(
          { client: ec2, pageSize: 1000 },
          { Filters, IncludeManagedResources: true },
        ),
      ),
    describeInstances: async (Filters) => {
      const reservations = await collect(
        "DescribeInstances",
        "Reservations",
        paginateDescribeInstances(
          { client: ec2, pageSize: 1000 },
          { Filters, IncludeManagedResources: true },
        ),
      );
      return reservations.flatMap(({ Instances }) => Instances ?? []);
    },
    describeInstanceTypes: (Filters) =>
      collect(
        "DescribeInstanceTypes",
        "InstanceTypes",
        paginateDescribeInstanceTypes({ client: ec2, pageSize: 100 }, { Filters }),
      ),
    describeAutoScalingGroups: (groups) =>
      collect(
        "DescribeAutoScalingGroups",
        "AutoScalingGroups",
        paginateDescribeAutoScalingGroups(
          { client: autoScaling, pageSize: 100 },
          { ...groups, IncludeManagedResources: true },
        ),
      ),
    describeWarmPool: (AutoScalingGroupName) =>
      collect(
        "DescribeWarmPool",
        "Instances",
        paginateDescribeWarmPool({ client: autoScaling, pageSize: 50 }, { AutoScalingGroupName }),
        // No source says how an empty pool is told: its configuration shows that the answer is one.
        ({ WarmPoolConfiguration }) => WarmPoolConfiguration !== undefined,
      ),
    attachNetworkInterface: async (input) => {
      const answer = await ec2.send(new AttachNetworkInterfaceCommand(input));
      partOf(answer, "AttachNetworkInterface", "AttachmentId");
    },
    detachNetworkInterface: async (input) => {
      await ec2Once.send(new DetachNetworkInterfaceCommand(input));
    },
    createNetworkInterface: async ({ subnetId, securityGroupIds, pool, instanceId, token }) => {
      const tags = { Name: pool, [tagKey]: pool, [MADE_FOR_TAG_KEY]: instanceId };
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      const answer = await ec2.send(
        new CreateNetworkInterfaceCommand({
          SubnetId: subnetId,
          Groups: securityGroupIds,
          Description: `Made for ${instanceId} by a network interface pool`,
          ClientToken: createHash("sha256").update(token).digest("hex"),
          TagSpecifications: [{ ResourceType: "network-interface", Tags }],
        }),
      );
      return partOf(answer, "CreateNetworkInterface", "NetworkInterface");
    },
    modifyNetworkInterfaceAttribute: async (input) => {
      await ec2.send(new ModifyNetworkInterfaceAttributeCommand(input));
    },
    deleteNetworkInterface: async (input) => {
      await ec2Once.send(new DeleteNetworkInterfaceCommand(input));
    },
    completeLifecycleAction: async (input) => {
      await autoScaling.send(new CompleteLifecycleActionCommand(input));
    },
    recordLifecycleActionHeartbeat: async (input) => {
      await autoScaling.send(new RecordLifecycleActionHeartbeatCommand(input));
    },
  };
}

/** @param mayLack says of a page without the list whether that is one without items */
async function collect<Part extends string, Item, Page>(
  call: string,
  part: Part,
  pages: AsyncIterable<Page & Partial<Record<Part, Item[] | undefined>>>,
  mayLack: (page: Page) => boolean = () => false,
): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of pages) {
    const isLacking = page[part] === undefined && mayLack(page);
    if (!isLacking) items.push(...partOf(page, call, part));
  }
  return items;
}

/**
 * Takes the part of an answer for which the call was made. Where AWS's XML is missing, as in a proxy's page
 * or an empty body, the SDK gives an answer without it, and no error; a list of AWS's may be empty, never absent.
 */
function partOf<Answer extends object, Part extends keyof Answer & string>(
  answer: Answer,
  call: string,
  part: Part,
): NonNullable<Answer[Part]> {
  const found = answer[part];
  if (found) return found;
  const error = new Error(`the answer to ${call} has no ${part}`);
  throw Object.assign(error, { name: INCOMPLETE_ANSWER });
}
