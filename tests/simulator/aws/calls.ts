import type { AwsCalls } from "../../../handler/clients";
import type { Group, LifecycleHook } from "../../../simulator/aws/autoscaling/group";
import type { Deployment } from "../../../simulator/deploy/engine";
import type { Instance, NetworkInterface } from "../../../simulator/aws/ec2/state";
import { Region, type RegionOptions } from "../../../simulator/aws/region";
import type { Timings } from "../../../simulator/runtime/timings";
import { launchHook } from "./autoscaling/groups";
import { withInputs } from "./policyDocuments";
import { exactTimings, subnet } from "./services";
import { deploy } from "../stage";

/** A function of the archive's own SDK clients that makes the one call its event names, or all of several at once. */
const HANDLER = `
const http = require("node:http");
let calls;

const post = (body) => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(process.env.AWS_ENDPOINT_URL);
  const request = http.request({ hostname, port, method: "POST" }, (response) => {
    let text = "";
    response.on("data", (chunk) => { text += chunk; });
    response.on("end", () => resolve({ status: response.statusCode, body: text }));
  });
  request.on("error", reject);
  request.end(body);
});

exports.handler = async ({ call, input }) => {
  const say = (outcome) => console.log(JSON.stringify({ message: "outcome", ...outcome }));
  try {
    if (call === "post") return say({ answer: await post(input) });
    calls ??= require("./dist/clients.js").createAwsCalls("network-interface-manager-pool");
    const answers = input.together?.map(([name, one]) => calls[name](one));
    say({ answer: await (answers ? Promise.all(answers) : calls[call](input)) });
  } catch (error) {
    const { name, message, $metadata } = error;
    say({ error: { name, message, status: $metadata?.httpStatusCode } });
  }
};
`;

/** What left the SDK: an answer, or the error as the manager would see it. */
export interface Outcome {
  answer?: unknown;
  error?: { name: string; message: string; status?: number };
}

/** What a describe call is given to filter by: Auto Scaling's takes names of groups beside it. */
export const filteredBy = (name: keyof AwsCalls, filters: { Name: string; Values: string[] }[]) =>
  name === "describeAutoScalingGroups" ? { Filters: filters } : filters;

export interface CallStage {
  region: Region;
  /** Makes one call through the archive's SDK clients. */
  call: (name: keyof AwsCalls, input: unknown) => Promise<Outcome>;
  /** Makes several at the same time. */
  callTogether: (calls: [name: keyof AwsCalls, input: unknown][]) => Promise<Outcome>;
  /** Sends the body of a request as it is. */
  post: (body: string) => Promise<Outcome>;
  /** Launches an instance and waits until it runs. */
  run: (tags: Record<string, string>) => Promise<Instance>;
}

/** A deployment without groups, triggers and a first sync, whose function makes the calls of a test. */
export function forCalls(deployment: Deployment, timeout: number): Deployment {
  const left = [
    "aws:autoscaling/group:Group",
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    "aws:lambda/invocation:Invocation",
  ];
  const archive = new Map([...deployment.archive, ["__index.js", HANDLER]]);
  const resources = deployment.resources.filter(({ type }) => !left.includes(type));
  return withInputs({ ...deployment, resources, archive }, "aws:lambda/function:Function", {
    timeout,
  });
}

export interface CallOptions extends Pick<RegionOptions, "faults" | "clients" | "responseCost"> {
  timings?: Partial<Timings>;
  timeoutSeconds?: number;
  /** Changes what is deployed. */
  change?: (deployment: Deployment) => Deployment;
}

/** Opens a Region with the rights and interfaces of the stack, but only what a test does happens in it. */
export async function withCalls(
  test: (stage: CallStage) => Promise<void>,
  { timings, timeoutSeconds = 60, change = (same) => same, ...options }: CallOptions = {},
): Promise<void> {
  const deployment = change(forCalls(await deploy(), timeoutSeconds));
  const region = await Region.open(deployment, {
    seed: 1,
    timings: { ...exactTimings, ...timings },
    ...options,
  });
  const invoke = async (call: string, input: unknown): Promise<Outcome> => {
    const start = region.journal.entries.length;
    let isOver = false;
    region.lambda?.invoke({ call, input }, () => {
      isOver = true;
    });
    await region.run(120, () => isOver);
    const said = region.journal.entries.slice(start).find(({ text }) => text === "outcome");
    if (said?.facts === undefined) throw new Error(`no outcome of ${call}`);
    const { answer, error } = said.facts as Outcome;
    return error === undefined ? { answer } : { error };
  };
  try {
    await test({
      region,
      call: invoke,
      callTogether: (together) => invoke("together", { together }),
      post: (body) => invoke("post", body),
      run: async (tags) => {
        const instance = region.ec2.runInstance("t4g.micro", subnet, tags);
        await region.run(10);
        return instance;
      },
    });
  } finally {
    await region.close();
  }
}

/** An interface of the pool `licence`, as it was deployed. */
export function interfaceOf({ region }: CallStage, pool = "licence"): NetworkInterface {
  const found = [...region.ec2.interfaces.values()].find(
    ({ tags }) => tags[region.tagKey] === pool,
  );
  if (found === undefined) throw new Error(`the stack has no pool ${pool}`);
  return found;
}

export const attachTo = (NetworkInterfaceId: string, InstanceId: string, DeviceIndex = 1) => ({
  NetworkInterfaceId,
  InstanceId,
  DeviceIndex,
});

export const poolTag = ({ region }: CallStage, pool = "licence") => ({ [region.tagKey]: pool });

/** Creates interfaces with the tag `page`, beside the stack's own; gives their ids. */
export function addInterfaces({ region }: Pick<CallStage, "region">, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `eni-${index}`;
    const address = `10.9.${Math.floor(index / 250)}.${index % 250}`;
    const macAddress = `02:00:00:00:00:${index}`;
    region.ec2.createNetworkInterface({ id, subnet, address, macAddress, tags: { page: "" } });
    return id;
  });
}

/** Creates an empty group, but for what a test says. */
export function addGroup(
  { region }: Pick<CallStage, "region">,
  name: string,
  more: Partial<Group> = {},
): string {
  region.autoScaling.createGroup({
    name,
    arn: `arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:1:autoScalingGroupName/${name}`,
    subnets: [subnet],
    minSize: 0,
    maxSize: 1,
    desiredCapacity: 0,
    instanceType: "t4g.micro",
    tags: { page: "" },
    propagatedTags: {},
    hooks: [],
    ...more,
  });
  return name;
}

/** Creates a group whose one instance waits in its launch hook. */
export async function addWaitingGroup(
  { region }: Pick<CallStage, "region">,
  tags: Record<string, string>,
  hook: LifecycleHook = launchHook,
) {
  region.autoScaling.waitsWhilePending = false;
  const sizes = { minSize: 1, maxSize: 1, desiredCapacity: 1 };
  addGroup({ region }, "web", { ...sizes, tags, propagatedTags: tags, hooks: [hook] });
  await region.run(10);
  const [member] = region.autoScaling.groupByName("web").members.values();
  if (member?.lifecycleState !== "Pending:Wait") throw new Error("no launch waits");
  const names = { AutoScalingGroupName: "web", LifecycleHookName: hook.name };
  return { member, action: { ...names, InstanceId: member.instance.id } };
}
